/**
 * Which field over there becomes which here, and who is right: drawn for a setting whose schema says
 * `widget: "mapping"`, whatever the connector.
 */
import { ArrowRight, Plus, X } from 'lucide-react'
import { useId } from 'react'
import { msg, t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Button } from './Button.tsx'
import { SelectField, TextField } from './Field.tsx'

interface Line {
  readonly from: string
  readonly to: string
  readonly rule?: string
}
interface Props {
  readonly title: string
  readonly hint: string | undefined
  readonly fault: string | undefined
  readonly fields: readonly { readonly id: string; readonly title: string }[]
  readonly lines: readonly Line[]
  readonly onChange: (lines: readonly Line[]) => void
}

const rules = [
  ['theirs', msg('theirs wins')],
  ['ours', msg('ours wins')],
  ['newest', msg('the newest wins')],
] as const
const TRAIT = 'traits.'

export function MappingField({ title, hint, fault, fields, lines, onChange }: Props) {
  const list = useId()
  const change = (at: number, part: Partial<Line>) =>
    onChange(lines.map((line, n) => (n === at ? { ...line, ...part } : line)))
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-1 text-sm font-medium">{title}</legend>
      {hint && <p className="text-sm text-muted-foreground">{hint}</p>}
      {fault && <p className="text-sm text-destructive">{fault}</p>}
      <datalist id={list}>
        {fields.map(({ id, title: name }) => (
          <option key={id} value={id}>
            {said(name)}
          </option>
        ))}
      </datalist>
      <ul className="flex flex-col gap-3">
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are told apart by their place
          <li key={at}>
            <LineFields
              {...{ line, list }}
              n={at + 1}
              onChange={(part) => change(at, part)}
              onRemove={() => onChange(lines.toSpliced(at, 1))}
            />
          </li>
        ))}
      </ul>
      <Button
        size="sm"
        className="self-start"
        onClick={() => onChange([...lines, { from: '', to: TRAIT, rule: 'theirs' }])}
      >
        <Plus aria-hidden />
        {t('One more field')}
      </Button>
    </fieldset>
  )
}

interface LineProps {
  readonly line: Line
  readonly list: string
  readonly n: number
  readonly onChange: (part: Partial<Line>) => void
  readonly onRemove: () => void
}

function LineFields({ line, list, n, onChange, onRemove }: LineProps) {
  const isTrait = line.to.startsWith(TRAIT)
  const places = [
    ['name', t('Name')],
    ['email', t('Email')],
    ['phone', t('Phone')],
    [TRAIT, t('Trait…')],
  ] as const
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_auto] items-center gap-2 rounded-lg border p-2">
      <TextField
        quiet
        required
        label={t('Field over there {n}', { n })}
        list={list}
        dir="ltr"
        value={line.from}
        onChange={({ target }) => onChange({ from: target.value })}
      />
      <ArrowRight aria-hidden className="size-4 text-muted-foreground rtl:-scale-x-100" />
      <SelectField
        quiet
        label={t('Field here {n}', { n })}
        options={places}
        value={isTrait ? TRAIT : line.to}
        onChange={({ target }) => onChange({ to: target.value })}
      />
      <Button
        look="ghost"
        size="icon"
        aria-label={t('Take out field {n}', { n })}
        onClick={onRemove}
      >
        <X />
      </Button>
      <SelectField
        quiet
        className="col-span-3 col-start-1 sm:col-span-1"
        label={t('Who is right about field {n}', { n })}
        options={rules.map(([id, words]) => [id, told(words)] as const)}
        value={line.rule ?? 'theirs'}
        onChange={({ target }) => onChange({ rule: target.value })}
      />
      {isTrait && (
        <TextField
          quiet
          required
          className="col-span-3 col-start-1 sm:col-span-1 sm:col-start-3"
          label={t('Name of the trait {n}', { n })}
          placeholder={t('Name of the trait')}
          dir="auto"
          value={line.to.slice(TRAIT.length)}
          onChange={({ target }) => onChange({ to: TRAIT + target.value })}
        />
      )}
    </div>
  )
}
