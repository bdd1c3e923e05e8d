import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { ChannelId } from '../../channels/channel.ts'
import { JourneyDocument } from '../schema.ts'
import type { Surroundings } from './references.ts'
import { faultsOf } from './validate.ts'

const SENDER = '0190b3a0-0000-7000-8000-000000000001'
const templates: Record<string, ChannelId> = { welcome: 'email', 'welcome-sms': 'sms' }

const around: Surroundings = {
  template: async (ref) => (templates[ref] ? { channel: templates[ref] } : undefined),
  sender: async (id) => (id === SENDER ? { channel: 'discord' } : undefined),
  connectors: [
    {
      id: 'monday',
      actions: {
        set_status: {
          params: z.strictObject({
            item_id: z.string(),
            status: z.string(),
            tries: z.int().optional(),
          }),
        },
      },
    },
  ],
}

const exit = { id: 'end', type: 'exit', reason: 'done' }
const wait = { id: 'pause', type: 'wait', days: 1 }
const hello = { id: 'hello', type: 'send', channel: 'email', template_id: 'welcome' }

const journey = (...steps: object[]) => ({
  name: 'welcome',
  trigger: { events: ['user.signed_up'] },
  settings: {
    hours: { title: 'Hours', type: 'number', default: 24 },
    from: { title: 'Opens', default: '8' },
  },
  steps,
})

async function faults(document: object): Promise<string[]> {
  const found = await faultsOf(JourneyDocument.parse(document), around)
  return found.map(({ pointer, detail }) => `${pointer} ${detail}`)
}

const branch = (goto: string | null, more = {}) => ({
  id: 'fork',
  type: 'branch',
  cases: [{ when: { field: 'contact.email', is: 'exists' }, goto }],
  ...more,
})

test('a journey that makes sense has no faults', async () => {
  const document = journey(
    { ...hello, variables: { name: '{{contact.name}}' } },
    { id: 'pause', type: 'wait', hours: '{{settings.hours}}' },
    { id: 'morning', type: 'window', window: { from: '{{settings.from}}:00', until: '21' } },
    branch('mark', { else: 'hello' }),
    {
      ...{ id: 'mark', type: 'act', connector: 'monday', action: 'set_status' },
      params: { item_id: '{{event.item_id}}', status: 'אין מענה 1' },
    },
    { id: 'told', type: 'send', channel: 'discord', content: { text: '{{steps.mark.id}}' } },
  )
  assert.deepEqual(await faults(document), [])
})

const cases: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'a step that does not exist, wherever it is named',
    journey(branch('nowhere', { else: 'neither' }), { ...wait, next: 'gone' }, exit),
    [
      '/steps/0/cases/0/goto There is no step called nowhere.',
      '/steps/0/else There is no step called neither.',
      '/steps/1/next There is no step called gone.',
    ],
  ],
  [
    'a wait for an event that leads to nothing',
    journey(
      { id: 'w', type: 'wait_for', event: 'x', for: { days: 1 }, on_event: 'a', on_timeout: 'b' },
      { id: 's', type: 'split', weights: [1, 1], goto: ['c', null] },
    ),
    [
      '/steps/0/on_event There is no step called a.',
      '/steps/0/on_timeout There is no step called b.',
      '/steps/1/goto/0 There is no step called c.',
    ],
  ],
  [
    'two steps of one name',
    journey(wait, { ...exit, id: 'pause' }),
    ['/steps/1/id /steps/0 is called pause already.'],
  ],
  [
    'a step that is never reached',
    journey({ ...hello, next: 'end' }, wait, exit),
    ['/steps/1 No step leads to pause.'],
  ],
  [
    'a circle without rest',
    journey(hello, { ...branch('hello'), else: null }),
    [
      '/steps/1 hello → fork → hello goes round without a wait. Put a wait or a wait_for of more than 0 into it.',
    ],
  ],
  [
    'a circle whose wait is none',
    journey({ ...wait, days: 0, next: 'pause' }),
    [
      '/steps/0 pause → pause goes round without a wait. Put a wait or a wait_for of more than 0 into it.',
    ],
  ],
  [
    'Liquid that does not compile',
    journey({ ...hello, metadata: { a: ['x', '{{ event.name'] } }),
    ['/steps/0/metadata/a/1 output "{{ event.name" not closed (line 1, column 1)'],
  ],
  [
    'a fact that there is not',
    journey({ ...exit, reason: 'No {{name}} for {{ contact.name | default: user.name }}' }),
    [
      '/steps/0/reason There is no fact called name. Use one of: event, contact, settings, steps, run, workspace.',
      '/steps/0/reason There is no fact called user. Use one of: event, contact, settings, steps, run, workspace.',
    ],
  ],
  [
    'settings and steps that there are not',
    journey({ ...exit, reason: '{{settings.hour}} {steps.helo.id}, not settings.nothing' }),
    [
      '/steps/0/reason There is no setting called hour.',
      '/steps/0/reason There is no step called helo.',
    ],
  ],
  [
    'a comparison with what is not there, at its depth',
    {
      ...journey(exit),
      trigger: {
        events: ['x'],
        where: { all: [{ not: { field: 'evnt.a', is: 'equals', value: '{{settings.no}}' } }] },
      },
    },
    [
      '/trigger/where/all/0/not/value There is no setting called no.',
      '/trigger/where/all/0/not/field There is no fact called evnt. Use one of: event, contact, settings, steps, run, workspace.',
    ],
  ],
  [
    'settings whose default is none of their type',
    { ...journey(exit), settings: { hours: { title: 'Hours', type: 'number', default: 'many' } } },
    ['/settings/hours/default Give a number.'],
  ],
  [
    'settings that become no time and no window',
    {
      ...journey(
        { id: 'w', type: 'wait', hours: '{{settings.from}}' },
        { id: 'v', type: 'window', window: { from: '{{settings.from}}', until: '21' } },
      ),
      settings: { from: { title: 'From', default: 'early' } },
    },
    [
      '/steps/0/hours It becomes "early", which is no number from 0 on.',
      '/steps/1/window/from not a time of day, such as 08:00',
    ],
  ],
  [
    'templates that are not there or of another channel',
    journey({ ...hello, template_id: 'welcom' }, { ...hello, id: 'b', template_id: 'welcome-sms' }),
    [
      '/steps/0/template_id There is no template with the id or name welcom.',
      '/steps/1/template_id This template is for sms, not for email.',
    ],
  ],
  [
    'connectors, actions and parameters that are not there',
    journey(
      { id: 'a', type: 'act', connector: 'mondy', action: 'set_status' },
      { id: 'b', type: 'act', connector: 'monday', action: 'toString' },
      {
        ...{ id: 'c', type: 'act', connector: 'monday', action: 'set_status' },
        params: { item: 1, status: '{{event.status}}', tries: '{{event.tries}}' },
      },
    ),
    [
      '/steps/0/connector There is no connector called mondy. Use one of: monday.',
      '/steps/1/action monday has no action called toString; it has set_status.',
      '/steps/2/params/item_id Give it: Invalid input: expected string, received undefined',
      '/steps/2/params/item There is no such parameter.',
    ],
  ],
  [
    'messages that cannot go where they should',
    journey(
      { ...hello, to: 'destination', sender_id: SENDER },
      { id: 'b', type: 'send', channel: 'slack', content: { text: 'x' }, to: 'contact' },
      { id: 'c', type: 'send', channel: 'sms', content: { text: 'x', html: 'x' } },
      { id: 'd', type: 'send', channel: 'email', content: { html: 'x' } },
    ),
    [
      '/steps/0/to email has no destination of its own; it goes to a contact.',
      '/steps/0/sender_id There is no such sender for email.',
      '/steps/1/to slack goes to its sender’s destination, not to a contact.',
      '/steps/2/content/html Only email takes html; use text.',
      '/steps/3/content/subject An email needs one.',
    ],
  ],
  [
    'a contact that is not there',
    {
      ...journey(hello, { id: 'u', type: 'update', add_tags: ['x'] }),
      trigger: { events: ['x'], contact: 'none' },
    },
    [
      '/steps/0/channel This journey has no contact, and email goes to one.',
      '/steps/1/type This journey has no contact that could be updated.',
    ],
  ],
]

for (const [name, document, expected] of cases) {
  test(`a journey is refused for ${name}`, async () => {
    assert.deepEqual(await faults(document), expected)
  })
}

test('what needs the sandbox is refused: a step is decided in memory', async () => {
  const [found] = await faults(journey({ ...exit, reason: '{% assign a = 1 %}{% increment b %}' }))
  assert.match(found ?? '', /^\/steps\/0\/reason Journeys take variables/)
})
