import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadRecipes } from '../recipes/recipe.ts'
import { JourneyDocument } from '../schema.ts'
import { settingsOf } from '../settings.ts'
import { simulate } from './simulate.ts'
import type { Assumptions, HappeningEvent } from './state.ts'

const recipes = loadRecipes()
const journeyOf = (name: string) => {
  const journey = recipes.flatMap(({ journeys }) => journeys).find((each) => each.name === name)
  assert.ok(journey)
  return journey
}
const monday = journeyOf('monday-whatsapp')
const alert = journeyOf('close-open-alert')

const contact = {
  ...{ id: 'c1', name: 'רות', phone: '+972501234567', time_zone: null },
  ...{ tags: [], traits: {} },
}
const created = (at: string, properties: object = {}): HappeningEvent => ({
  ...{ name: 'item.created', source: 'monday', at: new Date(at) },
  properties: { item_id: '7', phone: contact.phone, status: '', ...properties },
})

function play(journey: JourneyDocument, more: Partial<Assumptions> & { event: HappeningEvent }) {
  return simulate({
    ...{ journey, settings: settingsOf(journey, {}), contact, events: [], results: {} },
    workspace: { name: 'Leads', timeZone: 'Asia/Jerusalem', locale: 'he' },
    render: async ({ item, update }) => ({ ...item, ...(update ? { update } : {}) }),
    ...more,
  })
}
const stepsOf = ({ path }: Awaited<ReturnType<typeof play>>) => path.map(({ step }) => step)

test('a lead who does not answer is followed up the next day by day', async () => {
  const found = await play(monday, {
    event: created('2026-03-10T19:30:00Z'), // 21:30 in Jerusalem: the next evening is too late
    results: { item: { status: 'נשלחה הודעה' } },
  })
  assert.deepEqual(stepsOf(found), [
    ...['reachable', 'remember', 'welcome', 'welcome_gone', 'welcomed', 'day', 'by_day', 'item'],
    ...['still_ours', 'follow_up', 'follow_up_gone', 'no_answer'],
  ])
  assert.equal(found.key, contact.phone)
  const [, , welcome, , welcomed, day, byDay] = found.path
  assert.match(String(welcome?.message?.['message']), /^היי רות, תודה/)
  assert.equal(welcome?.at, '2026-03-10T19:30:00.000Z')
  assert.deepEqual(welcomed?.call?.['params'], {
    ...{ item_id: '7', status: 'נשלחה הודעה', only_from: ['', 'לייד חדש'] },
  })
  assert.equal(day?.left_at, '2026-03-11T19:30:00.000Z')
  assert.equal(byDay?.left_at, '2026-03-12T06:00:00.000Z')
  assert.deepEqual(found.ended, { status: 'done', reason: null, at: '2026-03-12T06:00:00.000Z' })
})

test('a status that somebody changed ends it as human intervention', async () => {
  const found = await play(monday, {
    event: created('2026-03-10T09:00:00Z'),
    results: { item: { status: 'נקבעה שיחת מכירה' } },
  })
  assert.deepEqual(stepsOf(found).slice(-2), ['still_ours', 'taken_over'])
  assert.deepEqual(found.ended.reason, 'human intervention')
})

test('an answer ends it while it waits; a note that the mailbox sent by itself does not', async () => {
  const reply = (kind: string): HappeningEvent => ({
    ...{ name: 'message.received', source: 'whatsapp', at: new Date('2026-03-10T12:00:00Z') },
    properties: { kind },
  })
  const event = created('2026-03-10T09:00:00Z')
  const answered = await play(monday, { event, events: [reply('human')] })
  assert.equal(stepsOf(answered).at(-1), 'day')
  assert.deepEqual(answered.ended, {
    ...{ status: 'exited', reason: 'human intervention', at: '2026-03-10T12:00:00.000Z' },
  })
  const echoed = await play(monday, { event, events: [reply('auto')] })
  assert.equal(stepsOf(echoed).at(-1), 'taken_over')
})

test('a lead without a number ends with its reason; one with a status does not enter', async () => {
  const phone = { phone: null, phone_text: '050-12' }
  const unreachable = await play(monday, { event: created('2026-03-10T09:00:00Z', phone) })
  assert.match(unreachable.ended.reason ?? '', /050-12/)
  const late = await play(monday, {
    event: created('2026-03-10T09:00:00Z', { status: 'אין מענה 2' }),
  })
  assert.deepEqual([late.enters, late.ended.status, late.path.length], [false, 'not_entered', 0])
  const other = await play(monday, { event: { ...created('2026-03-10T09:00:00Z'), source: 'x' } })
  assert.match(other.ended.reason ?? '', /events of monday/)
})

test('an alert names what document 000 asks for, and is edited under the email’s key', async () => {
  const opened = (properties: object): HappeningEvent => ({
    ...{ name: 'email.opened', source: 'close', at: new Date('2026-03-10T12:02:00Z') },
    properties: {
      ...{ open_key: 'k1', email_id: 'acti_1', lead_id: 'lead_1', lead_name: 'Ada](x) & Sons' },
      ...{ subject: 'Offer', recipient: 'ada@example.com', opens_count: 3, class: 'human' },
      ...properties,
    },
  })
  const found = await play(alert, { event: opened({}), contact: null })
  assert.equal(found.key, 'k1')
  const { message } = found.path[1] ?? {}
  assert.equal(message?.['subject'], '📬 Ada](x) & Sons opened an email')
  assert.equal(
    message?.['message'],
    [
      '**Lead:** Ada] (x) & Sons',
      '**Subject:** Offer',
      '**Recipient:** ada@example.com',
      '**Opened:** Tue 10 Mar 2026, 14:02 (Asia/Jerusalem)',
      '**Opens:** 3',
      '[Open the lead in Close](https://app.close.com/lead/lead_1/)',
    ].join('\n'),
  )
  assert.deepEqual(message?.['update'], {
    ...{ key: 'acti_1', withinMinutes: 30, only: false, order: 6 },
  })
  const machine = await play(alert, { event: opened({ class: 'machine' }), contact: null })
  assert.equal(machine.enters, false)
  const again = { ...opened({ class: 'machine' }), name: 'email.open_reclassified' }
  const marked = await play(alert, { event: again, contact: null })
  assert.deepEqual([stepsOf(marked), marked.key], [['kind', 'mark'], 'k1/machine'])
  assert.deepEqual(marked.path[1]?.message?.['update'], {
    ...{ key: 'acti_1', withinMinutes: 1440, only: true, order: 7 },
  })
  const none = settingsOf(alert, { repeat_opens: 'none' })
  const once = await play(alert, { event: opened({}), contact: null, settings: none })
  assert.equal(once.key, 'acti_1')
})

test('an event that is waited for takes the run on; without it the time runs out', async () => {
  const journey = JourneyDocument.parse({
    name: 'paid',
    trigger: { events: ['order.made'] },
    steps: [
      {
        ...{ id: 'pay', type: 'wait_for', event: 'order.paid', for: { hours: 2 } },
        where: { field: 'event.order', is: 'equals', value: '{{ run.key }}' },
        ...{ on_event: 'thanks', on_timeout: 'late' },
      },
      { id: 'thanks', type: 'exit', reason: 'paid {{ steps.pay.event.amount }}' },
      { id: 'late', type: 'exit', reason: 'late' },
    ],
  })
  const event = { name: 'order.made', source: 'api', at: new Date(0), properties: {} }
  const paid = (order: string) => ({
    ...{ name: 'order.paid', source: 'api', at: new Date(3_600_000) },
    properties: { order, amount: 5 },
  })
  const found = await play(journey, { event, events: [paid('c1')] })
  assert.deepEqual([found.ended.reason, found.ended.at], ['paid 5', '1970-01-01T01:00:00.000Z'])
  const other = await play(journey, { event, events: [paid('c2')] })
  assert.deepEqual([other.ended.reason, other.ended.at], ['late', '1970-01-01T02:00:00.000Z'])
})

test('the trigger’s condition and the texts see the event’s properties, as the engine shows them', async () => {
  const journey = JourneyDocument.parse({
    name: 'upgraded',
    trigger: {
      events: ['plan.changed'],
      where: { field: 'event.plan.size', is: 'greater', value: 5 },
    },
    steps: [
      {
        ...{ id: 'note', type: 'send', channel: 'email' },
        content: {
          subject: 'Seats: {{ event.plan.size }}',
          text: '{{ event.name }}{{ event.id }}',
        },
      },
    ],
  })
  const changed = (size: number): HappeningEvent => ({
    ...{ name: 'plan.changed', source: 'api', at: new Date(0) },
    properties: { plan: { size }, name: 'not the property' },
  })
  const few = await play(journey, { event: changed(5) })
  assert.deepEqual([few.enters, few.ended.status], [false, 'not_entered'])
  const { path } = await play(journey, { event: changed(6) })
  assert.equal(path[0]?.message?.['subject'], 'Seats: 6')
  assert.equal(path[0]?.message?.['message'], 'plan.changed')
})

test('a text that becomes nothing usable fails where it would', async () => {
  const journey = JourneyDocument.parse({
    name: 'until',
    trigger: { events: ['x'] },
    steps: [{ id: 'w', type: 'wait', until: '{{ event.when }}' }],
  })
  const event = { name: 'x', source: 'api', at: new Date(0), properties: { when: 'soon' } }
  const { ended } = await play(journey, { event })
  assert.deepEqual([ended.status, ended.reason], ['failed', '"soon" is no date.'])
})

test('a trigger whose texts cannot be worked out says so and lets nobody in', async () => {
  const tooLong = '{% for i in (1..20000) %}x{% endfor %}'
  const triggers = [
    { events: ['item.created'], key: tooLong },
    { events: ['item.created'], where: { field: 'event.status', is: 'equals', value: tooLong } },
  ]
  for (const trigger of triggers) {
    const steps = [{ id: 'out', type: 'exit', reason: 'fine' }]
    const journey = JourneyDocument.parse({ name: 'odd', trigger, steps })
    const { ended } = await play(journey, { event: created('2026-03-10T09:00:00Z') })
    assert.equal(ended.status, 'not_entered')
    assert.match(ended.reason ?? '', /at most|may run/)
  }
})
