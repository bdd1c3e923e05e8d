/** What the filters of lists have in common. They stand in the address, so each view can be shared. */
import { X } from 'lucide-react'
import type { FormEvent, ReactNode } from 'react'
import { beginOf, dayOf } from '../lib/day.ts'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { TextField } from './Field.tsx'

/** The fields above a list. What is typed holds once it is searched for; what is chosen at once. */
export function FilterForm({ onSearch, children }: { onSearch: () => void; children: ReactNode }) {
  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    onSearch()
  }
  return (
    <search>
      <form
        onSubmit={handleSubmit}
        className="grid grid-cols-2 items-end gap-3 md:flex md:flex-wrap"
      >
        {children}
        <Button type="submit">{t('Search')}</Button>
      </form>
    </search>
  )
}

/** What is filtered by and has no field of its own; a click takes it away. */
export function Chips<Name extends string>({
  chips,
  onRemove,
  onClear,
}: {
  chips: readonly (readonly [Name, string])[]
  onRemove: (name: Name) => void
  /** Given while anything is filtered by. */
  onClear?: (() => void) | undefined
}) {
  const shown = chips.filter(([, value]) => value !== '')
  if (shown.length === 0 && !onClear) return null
  return (
    <ul className="flex flex-wrap gap-2">
      {shown.map(([name, value]) => (
        <li key={name} className="min-w-0">
          <Button size="sm" className="max-w-full" onClick={() => onRemove(name)}>
            <bdi className="truncate">{value}</bdi>
            <X aria-label={t('Remove this filter')} />
          </Button>
        </li>
      ))}
      {onClear && (
        <li>
          <Button size="sm" look="ghost" onClick={onClear} aria-keyshortcuts="Escape">
            {t('Clear the filters')}
          </Button>
        </li>
      )}
    </ul>
  )
}

/** From one day to another, both included, as the moments between which they lie. */
export function DayFields({
  from,
  to,
  onChange,
}: {
  from: string
  to: string
  onChange: (change: { from?: string; to?: string }) => void
}) {
  return (
    <div className="contents md:flex md:gap-3">
      <TextField
        label={t('From day')}
        quiet
        type="date"
        value={from && dayOf(from)}
        onChange={({ target }) => onChange({ from: beginOf(target.value) })}
      />
      <TextField
        label={t('To day')}
        quiet
        type="date"
        value={to && dayOf(to, true)}
        onChange={({ target }) => onChange({ to: beginOf(target.value, 1) })}
      />
    </div>
  )
}
