/** Fields of a journey that offer what there is: steps, templates, senders, actions. */
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { nameOf } from '../channels/health.ts'
import { get } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { channels } from '../messages/words.ts'
import { SelectField, TextField } from '../ui/Field.tsx'
import type { ControlProps, Controls } from '../ui/jsonSchema.ts'
import { ConditionControl } from './ConditionField.tsx'
import { targetControl } from './targetControl.tsx'

/** With the steps that a way may lead to. */
export function controlsFor(steps: readonly string[]): Controls {
  const target = targetControl(steps)
  return {
    ...{ next: target, else: target, on_event: target, on_timeout: target },
    goto: target,
    JourneyCondition: ConditionControl,
    template_id: TemplateControl,
    sender_id: SenderControl,
    connector: ConnectorControl,
    action: ActionControl,
  }
}

/** What there is, to choose from; anything else can be written too, such as {{ settings.sender }}. */
function Offered({
  value,
  isRequired,
  offers,
  onChange,
  ...about
}: ControlProps & { offers: readonly (readonly [id: string, name: string])[] }) {
  const list = useId()
  return (
    <>
      <TextField
        {...about}
        dir="auto"
        list={list}
        value={String(value ?? '')}
        onChange={({ target }) =>
          onChange(target.value === '' && !isRequired ? undefined : target.value)
        }
      />
      <datalist id={list}>
        {offers.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  )
}

function TemplateControl(props: ControlProps) {
  const rows = useList('/templates', {}).data?.pages.flatMap(({ data }) => data) ?? []
  return <Offered {...props} offers={rows.map(({ name }) => [name, name])} />
}

function SenderControl({ isRequired, value, onChange, ...about }: ControlProps) {
  const rows = useList('/providers', {}).data?.pages.flatMap(({ data }) => data) ?? []
  return (
    <SelectField
      {...about}
      value={String(value ?? '')}
      options={[
        ['', t('the first of its channel')],
        ...rows.map((row) => [row.id, `${told(channels[row.channel])}: ${nameOf(row)}`] as const),
      ]}
      onChange={({ target }) => onChange(target.value || undefined)}
    />
  )
}

const useConnectors = () =>
  useQuery({
    queryKey: ['/connectors/catalog'],
    queryFn: () => get('/connectors/catalog'),
    staleTime: Number.POSITIVE_INFINITY,
  }).data?.data ?? []

function ConnectorControl(props: ControlProps) {
  return <Offered {...props} offers={useConnectors().map(({ id, name }) => [id, name])} />
}

function ActionControl(props: ControlProps) {
  const offers = useConnectors().flatMap(({ name, actions }) =>
    actions.map(({ id, title }) => [id, `${name}: ${title}`] as const),
  )
  return <Offered {...props} offers={offers} />
}
