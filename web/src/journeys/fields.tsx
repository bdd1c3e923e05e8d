/** What the fields of a journey are called, and those that offer what there is: steps, templates, senders, actions. */
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useId } from 'react'
import { get } from '../lib/api.ts'
import { msg, t, told } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { channels, priorities } from '../messages/words.ts'
import { Button } from '../ui/Button.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import type { ControlProps, Controls, JsonTexts } from '../ui/jsonSchema.ts'
import { ConditionControl } from './ConditionField.tsx'

const titles: Readonly<Record<string, string>> = {
  id: msg('Short name'),
  name: msg('Name'),
  title: msg('Title'),
  description: msg('Description'),
  channel: msg('Channel'),
  template_id: msg('Template'),
  variables: msg('Variables'),
  content: msg('Content'),
  subject: msg('Subject'),
  text: msg('Text'),
  to: msg('To'),
  sender_id: msg('Sender'),
  category: msg('Topic'),
  priority: msg('Priority'),
  window: msg('Sending hours'),
  metadata: msg('Metadata'),
  update: msg('Change an earlier message'),
  key: msg('Key'),
  within_minutes: msg('Within minutes'),
  only: msg('Never a new one'),
  order: msg('Order'),
  next: msg('Leads to'),
  minutes: msg('Minutes'),
  hours: msg('Hours'),
  days: msg('Days'),
  until: msg('Until'),
  from: msg('From'),
  time_zone: msg('Time zone'),
  holidays: msg('Holidays'),
  event: msg('Event'),
  where: msg('Only when'),
  for: msg('How long'),
  on_event: msg('When it happens'),
  on_timeout: msg('When it does not'),
  cases: msg('Case'),
  when: msg('When'),
  goto: msg('Leads to'),
  else: msg('Otherwise'),
  weights: msg('Shares'),
  locale: msg('Language'),
  traits: msg('Traits'),
  add_tags: msg('Tags to add'),
  remove_tags: msg('Tags to remove'),
  connector: msg('Connector'),
  action: msg('Action'),
  params: msg('Parameters'),
  on_error: msg('When it fails'),
  method: msg('Method'),
  url: msg('URL'),
  headers: msg('Headers'),
  body: msg('Body'),
  save_as: msg('Keep the answer as'),
  reason: msg('Reason'),
  attention: msg('A person should look at it'),
  settings: msg('Settings'),
  trigger: msg('Begins with'),
  events: msg('Events'),
  api: msg('A program asks'),
  schedule: msg('By the clock'),
  every_minutes: msg('Every so many minutes'),
  at: msg('At'),
  source: msg('Source'),
  contact: msg('Contact'),
  re_entry: msg('Coming in again'),
  policy: msg('Rule'),
  exit_on: msg('Leaves when'),
  intervention: msg('When somebody steps in'),
  on: msg('On'),
  do: msg('Do'),
  goal: msg('Goal'),
  on_message_failure: msg('When a message fails'),
  template: msg('Template'),
  language: msg('Language'),
  parameters: msg('Parameters'),
}

const values: Readonly<Record<string, string>> = {
  ...channels,
  ...priorities,
  contact: msg('The contact'),
  destination: msg('The sender’s own place'),
  fail: msg('The run fails'),
  continue: msg('It goes on'),
  ignore: msg('It goes on'),
  once: msg('Once only'),
  when_not_active: msg('When not in it'),
  always: msg('Always'),
  after: msg('After some days'),
  reply: msg('A reply'),
  crm_change: msg('A change in the CRM'),
  by_hand: msg('A message that one of yours wrote'),
  exit: msg('The run ends'),
  pause: msg('The run pauses'),
}

const wordsOf = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, words]) => [name, told(words)]))

export const fieldTexts = (): JsonTexts => ({
  titles: wordsOf(titles),
  values: wordsOf(values),
  long: new Set(['text', 'html', 'description']),
})

/** A place within a step or the rules, in words: `Content › Subject`. */
export const fieldWords = (place: readonly string[]): string =>
  place
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : told(titles[part] ?? part)))
    .join(' › ')

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

const END = '·end'

function targetControl(steps: readonly string[]) {
  const one = ({ isRequired, value, onChange, ...about }: ControlProps) => (
    <SelectField
      {...about}
      dir="ltr"
      value={value === null ? END : String(value ?? '')}
      options={[
        ...(isRequired ? [] : [['', t('what follows below')] as const]),
        [END, t('the end')],
        ...steps.map((id) => [id, id] as const),
      ]}
      onChange={({ target }) =>
        onChange(target.value === END ? null : target.value === '' ? undefined : target.value)
      }
    />
  )
  return function TargetControl(props: ControlProps) {
    const { value, onChange, label } = props
    if (!Array.isArray(value)) return one(props)
    const listed: readonly unknown[] = value
    return (
      <div className="flex flex-col gap-3">
        {listed.map((each, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: ways are told apart by their place
          <div key={at} className="flex items-end gap-2">
            <div className="min-w-0 flex-1">
              {one({
                ...{ ...props, isRequired: true, label: `${label} ${at + 1}`, value: each },
                onChange: (next) => onChange(listed.with(at, next)),
              })}
            </div>
            {listed.length > 1 && (
              <Button
                look="ghost"
                size="icon"
                aria-label={t('Take out {name}', { name: `${label} ${at + 1}` })}
                onClick={() => onChange(listed.toSpliced(at, 1))}
              >
                <X />
              </Button>
            )}
          </div>
        ))}
        <button
          type="button"
          className="self-start text-sm text-primary hover:underline"
          onClick={() => onChange([...listed, null])}
        >
          {t('One more')}
        </button>
      </div>
    )
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
        ...rows.map(({ id, name }) => [id, name] as const),
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
