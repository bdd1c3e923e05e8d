/** Who, what, on what and when, of the audit log. */
import { useEffect, useState } from 'react'
import { t, told } from '../lib/language.ts'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Chips, DayFields, FilterForm } from '../ui/Filters.tsx'
import { actorKinds, useActors } from './Actor.tsx'
import { actionOptions, type Filters } from './auditFilters.ts'

interface Props {
  readonly filters: Filters
  readonly onChange: (change: Partial<Filters>) => void
  readonly onClear: (() => void) | undefined
}

export function AuditFilters({ filters, onChange, onClear }: Props) {
  const { actor, action, request_id } = filters
  const [target, setTarget] = useState(filters.target)
  useEffect(() => setTarget(filters.target), [filters.target])
  const names = useActors()
  const people: [string, string][] = [
    ['', t('Everybody')],
    ...Object.entries(actorKinds).map(([id, words]): [string, string] => [id, told(words)]),
    ...names,
  ]
  if (actor && !people.some(([id]) => id === actor)) people.push([actor, actor])
  const search = () => onChange({ target: target.trim() })
  return (
    <div className="flex flex-col gap-3 border-b p-4">
      <FilterForm onSearch={search}>
        <TextField
          label={t('On what')}
          quiet
          type="search"
          dir="auto"
          placeholder={t('Id of what it was done to…')}
          className="col-span-2 min-w-52 flex-1"
          value={target}
          onChange={(event) => setTarget(event.target.value)}
        />
        <SelectField
          label={t('Who')}
          quiet
          value={actor}
          options={people}
          onChange={(event) => onChange({ actor: event.target.value })}
        />
        <SelectField
          label={t('What')}
          quiet
          value={action}
          options={actionOptions(action)}
          onChange={(event) => onChange({ action: event.target.value })}
        />
        <DayFields from={filters.from} to={filters.to} onChange={onChange} />
      </FilterForm>
      <Chips
        chips={[['request_id', request_id]]}
        onRemove={(name) => onChange({ [name]: '' })}
        onClear={onClear}
      />
    </div>
  )
}
