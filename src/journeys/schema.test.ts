import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { exitsOf, hasContact, interventionsOf, nextOf, onMessageFailure } from './defaults.ts'
import { JourneyDocument } from './schema.ts'
import { stepTypes } from './steps.schema.ts'
import { readWindow } from './windows.schema.ts'

const plain = {
  name: 'welcome',
  trigger: { events: ['user.signed_up'] },
  steps: [
    { id: 'hello', type: 'send', channel: 'email', template_id: 'welcome' },
    { id: 'day', type: 'wait', hours: '{{settings.delay}}' },
    {
      id: 'opened',
      type: 'branch',
      cases: [{ when: { field: 'steps.hello.status', is: 'equals', value: 'sent' }, goto: null }],
    },
    { id: 'stop', type: 'exit', reason: 'no answer' },
  ],
}

const faults = (document: unknown) =>
  (JourneyDocument.safeParse(document).error?.issues ?? []).map(
    (issue) => `/${issue.path.join('/')} ${issue.message}`,
  )
const withStep = (step: object) => ({ ...plain, steps: [{ id: 'a', ...step }] })
const withTrigger = (trigger: object) => ({ ...plain, trigger })

test('a journey with each type of step is well-formed', () => {
  const when = { not: { any: [{ field: 'contact.phone', is: 'missing' }] } }
  const steps = [
    { type: 'send', channel: 'whatsapp', content: { whatsapp: { template: 'x', language: 'he' } } },
    { type: 'wait', until: '{{event.start}}' },
    { type: 'window', window: { from: '{{settings.from}}', until: '21:00', days: 'sun,mon' } },
    { type: 'wait_for', event: 'order.paid', for: { days: 2 }, on_timeout: null },
    { type: 'branch', cases: [{ when, goto: 's0' }], else: null },
    { type: 'split', weights: [50, 50], goto: ['s0', null] },
    { type: 'update', traits: { welcomed: true }, add_tags: ['vip'] },
    { type: 'act', connector: 'monday', action: 'set_status', params: { status: 'נשלחה הודעה' } },
    { type: 'request', method: 'POST', url: '{{settings.url}}/x', body: { id: '{{run.id}}' } },
    { type: 'exit', reason: 'done', attention: true },
  ].map((step, i) => ({ id: `s${i}`, ...step }))
  assert.deepEqual(faults({ ...plain, steps }), [])
  assert.deepEqual([...new Set(steps.map(({ type }) => type))], [...stepTypes])
})

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['a type that is none', withStep({ type: 'nap' }), /\/steps\/0\/type "nap" is no type of step/],
  ['a field that is none', withStep({ type: 'exit', reason: 'x', foo: 1 }), /\/steps\/0 .*foo/],
  ['two ways to wait', withStep({ type: 'wait', hours: 1, days: 1 }), /one of minutes/],
  ['a wait for words', withStep({ type: 'wait', hours: 'soon' }), /\/steps\/0\/hours not a number/],
  ['a negative wait', withStep({ type: 'wait', hours: -1 }), /\/steps\/0\/hours not a number/],
  ['nothing to say', withStep({ type: 'send', channel: 'sms' }), /either a template_id/],
  [
    'a category that is no topic',
    withStep({ type: 'send', channel: 'sms', template_id: 'x', category: '*all' }),
    /\/steps\/0\/category Give one line/,
  ],
  ['a silent message', withStep({ type: 'send', channel: 'sms', content: {} }), /Give a text/],
  [
    'a wrong hour',
    withStep({ type: 'window', window: { from: '25:00', until: '21:00' } }),
    /\/steps\/0\/window\/from not a time of day/,
  ],
  [
    'weights without places',
    withStep({ type: 'split', weights: [1, 1], goto: [null, null, null] }),
    /one goto for each/,
  ],
  ['an id with a dash', { ...plain, steps: [{ ...plain.steps[3], id: 'a-b' }] }, /letters, digits/],
  ['two triggers', withTrigger({ events: ['a'], api: true }), /one of events, api, schedule/],
  ['a source of nothing', withTrigger({ api: true, source: 'close' }), /Only events/],
  [
    'a condition of two forms',
    withTrigger({ events: ['a'], where: { all: [{ field: 'event.a', is: 'exists' }], not: {} } }),
    /\/trigger\/where/,
  ],
  [
    'a comparison with nothing',
    withTrigger({ events: ['a'], where: { field: 'event.a', is: 'equals' } }),
    /\/trigger\/where\/value Give the value/,
  ],
  [
    'a list that is none',
    withTrigger({ events: ['a'], where: { any: [{ field: 'event.a', is: 'in', value: 4 }] } }),
    /\/trigger\/where\/any\/0\/value in takes a list/,
  ],
  ['days without after', { ...plain, re_entry: { policy: 'once', days: 3 } }, /\/re_entry\/days/],
  ['a name with spaces', { ...plain, name: 'My journey' }, /\/name small letters/],
  ['no steps', { ...plain, steps: [] }, /\/steps/],
]

for (const [name, document, expected] of refused) {
  test(`a journey with ${name} is refused at its place`, () => {
    assert.match(faults(document).join('\n'), expected)
  })
}

test('steps lead to the one below unless they say otherwise', () => {
  const journey = JourneyDocument.parse(plain)
  const [hello, day, opened, stop] = journey.steps
  assert.ok(hello && day && opened && stop)
  assert.deepEqual(
    [hello, day, opened, stop].map((step) => nextOf(journey, step)),
    ['day', 'opened', 'stop', null],
  )
  assert.deepEqual(exitsOf(journey, opened), [null, 'stop'])
  assert.deepEqual(exitsOf(journey, stop), [])
  const paused = {
    id: 'w',
    type: 'wait_for',
    event: 'x',
    for: { days: 1 },
    on_event: null,
  } as const
  assert.deepEqual(exitsOf({ ...journey, steps: [paused, stop] }, paused), [null, 'stop'])
})

test('a reply ends a run with a contact, and nothing else does by default', () => {
  const journey = JourneyDocument.parse(plain)
  assert.equal(hasContact(journey), true)
  assert.deepEqual(interventionsOf(journey), [
    { on: 'reply', do: 'exit' },
    { on: 'by_hand', do: 'exit' },
  ])
  assert.equal(onMessageFailure(journey), 'fail')
  const alert = JourneyDocument.parse(withTrigger({ events: ['x'], contact: 'none' }))
  assert.deepEqual(interventionsOf(alert), [])
  assert.equal(onMessageFailure(alert), 'ignore')
  assert.deepEqual(interventionsOf({ ...journey, intervention: [] }), [])
})

test('a rendered window takes hours and lists as the environment writes them', () => {
  const window = readWindow({
    ...{ from: '8', until: '24', time_zone: ' Asia/Jerusalem ' },
    ...{ days: 'sun,mon, tue', holidays: '' },
  })
  assert.deepEqual(window, {
    ...{ from: '08:00', until: '24:00', time_zone: 'Asia/Jerusalem' },
    days: ['sun', 'mon', 'tue'],
  })
  assert.throws(() => readWindow({ from: 'morning', until: '9' }), z.ZodError)
})
