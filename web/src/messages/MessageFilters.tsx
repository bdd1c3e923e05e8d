/** Search and filters of messages. They stand in the address, so each view can be shared. */
import { X } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { nameOf } from '../channels/health.ts'
import { beginOf, dayOf } from '../lib/day.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import type { Filters } from './filters.ts'
import { channelOptions, priorities, statusOptions } from './words.ts'

interface Props {
  readonly filters: Filters
  readonly onChange: (change: Partial<Filters>) => void
}

export function MessageFilters({ filters, onChange }: Props) {
  const maySenders = useMay('senders:read')
  const [text, setText] = useState(filters.q)
  useEffect(() => setText(filters.q), [filters.q])
  function handleSearch(event: FormEvent) {
    event.preventDefault()
    onChange({ q: text.trim() })
  }
  const { category, recipient_id, priority, sender_id } = filters
  const senders = useList('/providers', {}, { enabled: sender_id !== '' && maySenders })
  const sender = senders.data?.pages.flatMap(({ data }) => data).find(({ id }) => id === sender_id)
  const named = {
    priority: priority && told(priorities[priority as keyof typeof priorities]), // soundFilters has looked
    sender_id: sender ? nameOf(sender) : sender_id,
  }
  const chips = Object.entries({ category, recipient_id, ...named }).filter(([, value]) => value)
  return (
    <div className="flex flex-col gap-3 border-b p-4">
      <search>
        <form
          onSubmit={handleSearch}
          className="grid grid-cols-2 items-end gap-3 md:flex md:flex-wrap"
        >
          <TextField
            label={t('Search')}
            quiet
            type="search"
            placeholder={t('Name, address, id…')}
            className="col-span-2 min-w-52 flex-1"
            value={text}
            onChange={(event) => setText(event.target.value)}
            dir="auto"
          />
          <SelectField
            label={t('State')}
            quiet
            value={filters.status}
            options={statusOptions()}
            onChange={(event) => onChange({ status: event.target.value })}
          />
          <SelectField
            label={t('Channel')}
            quiet
            value={filters.channel}
            options={channelOptions()}
            onChange={(event) => onChange({ channel: event.target.value })}
          />
          <TextField
            label={t('From day')}
            quiet
            type="date"
            value={filters.from && dayOf(filters.from)}
            onChange={({ target }) => onChange({ from: beginOf(target.value) })}
          />
          <TextField
            label={t('To day')}
            quiet
            type="date"
            value={filters.to && dayOf(filters.to, true)}
            onChange={({ target }) => onChange({ to: beginOf(target.value, 1) })}
          />
          <Button type="submit">{t('Search')}</Button>
        </form>
      </search>
      {chips.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {chips.map(([name, value]) => (
            <li key={name}>
              <Button size="sm" onClick={() => onChange({ [name]: '' })}>
                <bdi>{value}</bdi>
                <X aria-label={t('Remove this filter')} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
