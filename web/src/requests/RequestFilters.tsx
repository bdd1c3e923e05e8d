/** Search and filters of requests. */
import { useEffect, useState } from 'react'
import { t } from '../lib/language.ts'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Chips, DayFields, FilterForm } from '../ui/Filters.tsx'
import { type Filters, methodOptions, sourceOptions, statusOptions } from './filters.ts'

interface Props {
  readonly filters: Filters
  readonly onChange: (change: Partial<Filters>) => void
  readonly onClear: (() => void) | undefined
}

export function RequestFilters({ filters, onChange, onClear }: Props) {
  const [path, setPath] = useState(filters.path)
  useEffect(() => setPath(filters.path), [filters.path])
  const search = () => onChange({ path: path.trim() })
  const choice = (name: 'status' | 'method' | 'source') => ({
    ...{ quiet: true, value: filters[name] },
    onChange: ({ target }: { target: { value: string } }) => onChange({ [name]: target.value }),
  })
  return (
    <div className="flex flex-col gap-3 border-b p-4">
      <FilterForm onSearch={search}>
        <TextField
          label={t('Path')}
          quiet
          type="search"
          dir="ltr"
          placeholder="/notifications"
          className="col-span-2 min-w-36 flex-1"
          value={path}
          onChange={({ target }) => setPath(target.value)}
        />
        <SelectField
          label={t('Outcome')}
          options={statusOptions(filters.status)}
          {...choice('status')}
        />
        <SelectField label={t('Method')} options={methodOptions()} {...choice('method')} />
        <SelectField label={t('Asked by')} options={sourceOptions()} {...choice('source')} />
        <DayFields from={filters.from} to={filters.to} onChange={onChange} />
      </FilterForm>
      <Chips
        chips={[
          ['actor_id', filters.actor_id],
          ['idempotency_key', filters.idempotency_key],
          ['message_id', filters.message_id],
        ]}
        onRemove={(name) => onChange({ [name]: '' })}
        onClear={onClear}
      />
    </div>
  )
}
