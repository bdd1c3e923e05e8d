/** Search and filters of messages. They stand in the address, so each view can be shared. */
import { useEffect, useState } from 'react'
import { nameOf } from '../channels/health.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Chips, DayFields, FilterForm } from '../ui/Filters.tsx'
import type { Filters } from './filters.ts'
import { channelOptions, priorities, statusOptions } from './words.ts'

interface Props {
  readonly filters: Filters
  readonly onChange: (change: Partial<Filters>) => void
  readonly onClear: (() => void) | undefined
}

type Typed = Pick<Filters, 'q' | 'subject' | 'category'>

export function MessageFilters({ filters, onChange, onClear }: Props) {
  const maySenders = useMay('senders:read')
  const { q, subject, category, recipient_id, priority, sender_id } = filters
  const [typed, setTyped] = useState<Typed>({ q, subject, category })
  useEffect(() => setTyped({ q, subject, category }), [q, subject, category])
  function search() {
    const { q, subject, category } = typed
    onChange({ q: q.trim(), subject: subject.trim(), category: category.trim() })
  }
  const field = (name: keyof Typed) => ({
    ...{ quiet: true, type: 'search', dir: 'auto', value: typed[name] },
    onChange: ({ target }: { target: { value: string } }) =>
      setTyped({ ...typed, [name]: target.value }),
  })
  const senders = useList('/providers', {}, { enabled: sender_id !== '' && maySenders })
  const sender = senders.data?.pages.flatMap(({ data }) => data).find(({ id }) => id === sender_id)
  return (
    <div className="flex flex-col gap-3 border-b p-4">
      <FilterForm onSearch={search}>
        <TextField
          label={t('Search')}
          placeholder={t('Name, address, id…')}
          className="col-span-2 min-w-52 flex-1"
          {...field('q')}
        />
        <TextField
          label={t('Subject')}
          placeholder={t('Words of the subject…')}
          className="min-w-40 flex-1"
          {...field('subject')}
        />
        <TextField
          label={t('Category')}
          placeholder={t('Category')}
          className="min-w-28 flex-1 md:max-w-40"
          {...field('category')}
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
        <DayFields from={filters.from} to={filters.to} onChange={onChange} />
      </FilterForm>
      <Chips
        chips={[
          ['subject', subject && t('Subject: {subject}', { subject })],
          ['category', category],
          ['recipient_id', recipient_id],
          ['priority', priority && told(priorities[priority as keyof typeof priorities])], // soundFilters has looked
          ['sender_id', sender ? nameOf(sender) : sender_id],
        ]}
        onRemove={(name) => onChange({ [name]: '' })}
        onClear={onClear}
      />
    </div>
  )
}
