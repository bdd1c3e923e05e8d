/** The text of a template in one language, written as it looks, as code, or as plain text. */
import { lazy, Suspense, useMemo, useRef } from 'react'
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { useSettled } from '../lib/useSettled.ts'
import { Button } from '../ui/Button.tsx'
import { Note, Skeleton } from '../ui/States.tsx'
import type { Text } from './drafts.ts'
import { readVisual } from './visual/frame.ts'

const CodeEditor = lazy(async () => ({ default: (await import('./CodeEditor.tsx')).CodeEditor }))
const VisualEditor = lazy(async () => ({
  default: (await import('./visual/VisualEditor.tsx')).VisualEditor,
}))

interface Props {
  readonly isEmail: boolean
  readonly locale: string
  readonly text: Text
  readonly variables: readonly string[]
  readonly readOnly: boolean
  /** Another begins an editor anew. */
  readonly begun: string
  readonly onChange: (change: Text) => void
}

type Mode = 'visual' | 'code' | 'text'

export function Modes({ isEmail, locale, text, variables, readOnly, begun, onChange }: Props) {
  const [{ part }, setUrl] = useUrl(['part'])
  const code = text.mjml ? 'mjml' : 'html'
  const written = useRef<string>(undefined) // by the visual editor, which can read it
  const settled = useSettled(text.html)
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once somebody pauses, and of another text at once
  const isVisual = useMemo(() => {
    if (!isEmail || code !== 'html') return false
    return text.html === written.current || readVisual(text.html ?? '') !== undefined
  }, [isEmail, code, begun, settled])
  // What it begins with does not turn while somebody types.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of its beginning
  const usual = useMemo((): Mode => (isVisual ? 'visual' : 'code'), [begun])
  const chosen: Mode = part === 'visual' || part === 'code' || part === 'text' ? part : usual
  const mode: Mode = !isEmail ? 'text' : chosen === 'visual' && !isVisual ? 'code' : chosen
  const field = mode === 'text' ? 'text' : code
  const change = (value: string) =>
    onChange({ [field]: isEmail && field === 'text' && value === '' ? null : value })
  const shared = {
    ...{ label: t('The template’s text'), value: text[field] ?? '', variables, readOnly },
    onChange: change,
  }
  const key = `${begun} ${mode} ${field}`
  return (
    <div className="flex flex-col gap-2">
      {isEmail ? (
        <ModeChoice {...{ mode, code, isVisual }} onChange={(next) => setUrl({ part: next })} />
      ) : (
        <p className="text-sm font-medium">{t('Text')}</p>
      )}
      {isEmail && mode === 'code' && !isVisual && (
        <Note tone="warn">
          {code === 'mjml'
            ? t('MJML is written as code.')
            : t('This text can only be written as code: nothing of it is lost there.')}
        </Note>
      )}
      <Suspense fallback={<Skeleton className="h-80" />}>
        {mode === 'visual' ? (
          <VisualEditor
            key={key}
            locale={locale}
            {...shared}
            onChange={(value) => {
              written.current = value
              change(value)
            }}
          />
        ) : (
          <CodeEditor key={key} {...shared} />
        )}
      </Suspense>
      <p className="text-sm text-muted-foreground">
        {t('Type {open} for what can be filled in.', { open: '{{' })}{' '}
        {isEmail && field === 'text' && t('Empty: it is made of the HTML.')}
      </p>
    </div>
  )
}

interface ChoiceProps {
  readonly mode: Mode
  readonly code: 'html' | 'mjml'
  readonly isVisual: boolean
  readonly onChange: (mode: Mode) => void
}

function ModeChoice({ mode, code, isVisual, onChange }: ChoiceProps) {
  const names = { visual: t('As it looks'), code: code.toUpperCase(), text: t('Plain text') }
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{t('What is written')}</legend>
      {(['visual', 'code', 'text'] as const).map((each) => (
        <Button
          key={each}
          size="sm"
          aria-pressed={each === mode}
          disabled={each === 'visual' && !isVisual}
          className="aria-pressed:border-primary aria-pressed:bg-accent"
          onClick={() => onChange(each)}
        >
          {names[each]}
        </Button>
      ))}
    </fieldset>
  )
}
