/**
 * Journeys as a program uses them, by HTTP alone: every type of step, versions, rules of entry and
 * exit, and what people do with runs that are under way.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, INSTANCE_KEY, startTestApp } from './helpers/app.ts'
import { testDatabase } from './helpers/database.ts'
import { until as untilWithin } from './helpers/until.ts'

const app = await startTestApp(await testDatabase())
const authorization = `Bearer ${INSTANCE_KEY}`
const PATIENCE_MS = 30_000
const until = <T>(what: string, ask: () => Promise<T | undefined | false>) =>
  untilWithin(what, ask, PATIENCE_MS)

async function call(method: string, path: string, body?: unknown) {
  const answer = await app.call(method, path, body, { authorization })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.json
}
const refused = async (method: string, path: string, body?: unknown): Promise<Answer> =>
  app.call(method, path, body, { authorization })

const letter = (text: string) => ({ subject: 'Hello', text })
const mail = (id: string, text: string, more = {}) => ({
  ...{ id, type: 'send', channel: 'email', content: letter(text), ...more },
})
/** Never open: it begins in ten years. */
const closed = {
  from: '00:00',
  until: '24:00',
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
}

let people = 0
async function somebody(more = {}): Promise<string> {
  const id = `person-${++people}`
  await call('POST', '/contacts', {
    external_id: id,
    name: 'Ada',
    email: `${id}@example.org`,
    ...more,
  })
  return id
}
const make = async (document: { readonly name: string; readonly [part: string]: unknown }) => {
  await call('POST', '/journeys', document)
  await call('POST', `/journeys/${document.name}/enable`)
}
const begin = async (name: string, contact_id: string, more = {}) =>
  (await call('POST', `/journeys/${name}/runs`, { contact_id, ...more })).id as string
const look = (name: string, id: string) => call('GET', `/journeys/${name}/runs/${id}`)
const stands = (name: string, id: string, step: string) =>
  until(`the run at ${step}`, async () => {
    const run = await look(name, id)
    return run.step === step && run.status === 'waiting' && run
  })
const ends = (name: string, id: string) =>
  until('the end of the run', async () => {
    const run = await look(name, id)
    return run.ended_at !== null && run
  })
const messageOf = async (name: string, id: string, at = 0) => {
  const { messages } = await look(name, id)
  return call('GET', `/notifications/${messages[at].id}`)
}

/** What a message of a run says. */
const textOf = async (name: string, id: string) => {
  const message = await messageOf(name, id)
  return (await call('GET', `/notifications/${message.id}/content`)).text as string
}

test('one run goes through every type of step', async () => {
  await make({
    name: 'tour',
    settings: { greeting: { title: 'Greeting', default: 'Welcome' } },
    trigger: {
      events: ['order.placed'],
      key: '{{ event.order }}',
      where: { field: 'event.total', is: 'greater', value: 100 },
    },
    steps: [
      {
        id: 'mark',
        type: 'update',
        traits: { vip: true, order: '{{ event.order }}' },
        add_tags: ['buyer'],
      },
      { id: 'half', type: 'split', weights: [1, 0], goto: ['known', 'never'] },
      { id: 'never', type: 'exit', reason: 'the other half' },
      {
        ...{ id: 'known', type: 'branch', else: 'never' },
        cases: [
          { when: { field: 'contact.traits.vip', is: 'equals', value: true }, goto: 'hours' },
        ],
      },
      {
        id: 'hours',
        type: 'window',
        window: { from: '00:00', until: '24:00', time_zone: 'Asia/Jerusalem' },
      },
      {
        id: 'ask',
        type: 'request',
        method: 'POST',
        url: 'http://127.0.0.1:9/x',
        on_error: 'continue',
      },
      mail('hello', '{{ settings.greeting }}, {{ contact.name }}: order {{ event.order }}'),
      {
        ...{ id: 'opened', type: 'wait_for', event: 'message.opened', for: { hours: 24 } },
        where: { field: 'event.message_id', is: 'equals', value: '{{ steps.hello.message_id }}' },
        on_timeout: 'never',
      },
      { id: 'day', type: 'wait', hours: '{{ event.hours }}' },
      { id: 'over', type: 'exit', reason: 'order {{ event.order }} is done' },
    ],
  })
  const who = await somebody()
  const told = (total: number, order: string) =>
    call('POST', '/events', {
      ...{ name: 'order.placed', external_id: who, properties: { total, order, hours: 0.5 } },
    })
  await told(50, 'small')
  await told(150, 'o-1')
  const id = await until('the run', async () => {
    const { data } = await call('GET', '/journeys/tour/runs')
    return data.length > 0 && data[0].id
  })
  const waits = await stands('tour', id, 'opened')
  const runs = (await call('GET', '/journeys/tour/runs')).data
  assert.deepEqual(
    runs.map((run: { contact_name: string }) => run.contact_name),
    ['Ada'], // the small order began none
  )
  assert.match(waits.results.ask.error, /Use an https URL/)
  const contact = await call('GET', `/contacts/${who}`)
  assert.deepEqual([contact.traits, contact.tags], [{ vip: true, order: 'o-1' }, ['buyer']])
  const sent = await messageOf('tour', id)
  assert.equal(await textOf('tour', id), 'Welcome, Ada: order o-1')
  await until('the message to be sent', async () => {
    const { status } = await messageOf('tour', id)
    return status === 'sent' || status === 'delivered'
  })
  await call('POST', `/notifications/${sent.id}/simulate`, { do: 'open' })
  const after = await stands('tour', id, 'day')
  assert.equal(after.results.opened.matched, true)
  const length = Date.parse(after.due_at) - Date.parse(after.entered_step_at)
  assert.equal(length, 30 * 60_000) // fractions of an hour
  const { data: waiting } = await call('GET', '/journeys/tour/waiting?step=day')
  assert.deepEqual(
    waiting.map((run: { id: string }) => run.id),
    [id],
  )
  await call('POST', `/journeys/tour/runs/${id}/skip`)
  const over = await ends('tour', id)
  assert.deepEqual([over.status, over.reason], ['exited', 'order o-1 is done'])
})

test('a run stays with the version that it began with', async () => {
  const document = (text: string) => ({
    ...{ name: 'pinned', trigger: { api: true } },
    steps: [
      { id: 'wait', type: 'wait', days: 3 },
      mail('say', text),
      { id: 'rest', type: 'wait', days: 1 },
    ],
  })
  await make(document('the first'))
  const [one, other] = [await somebody(), await somebody()]
  const early = await begin('pinned', one)
  await stands('pinned', early, 'wait')
  const changed = await call('PUT', '/journeys/pinned', document('the second'))
  assert.equal(changed.version, 2)
  const late = await begin('pinned', other)
  await stands('pinned', late, 'wait')
  for (const id of [early, late]) {
    await call('POST', `/journeys/pinned/runs/${id}/skip`)
    await stands('pinned', id, 'rest')
  }
  assert.deepEqual(
    [(await look('pinned', early)).version, (await look('pinned', late)).version],
    [1, 2],
  )
  assert.equal(await textOf('pinned', early), 'the first')
  assert.equal(await textOf('pinned', late), 'the second')
})

test('re-entry: once, while none is under way, always, or after some days', async () => {
  const rules = {
    once: [{ policy: 'once' }, 409, 409],
    idle: [{ policy: 'when_not_active' }, 409, 201],
    always: [{ policy: 'always' }, 201, 201],
    later: [{ policy: 'after', days: 30 }, 409, 409],
  } as const
  for (const [name, [re_entry, meanwhile, afterwards]] of Object.entries(rules)) {
    const steps = [{ id: 'wait', type: 'wait', days: 1 }]
    await make({ name: `enter-${name}`, trigger: { api: true }, re_entry, steps })
    const contact_id = await somebody()
    const enter = async () =>
      (await refused('POST', `/journeys/enter-${name}/runs`, { contact_id })).status
    const first = await begin(`enter-${name}`, contact_id)
    await stands(`enter-${name}`, first, 'wait')
    assert.equal(await enter(), meanwhile, name)
    await call('POST', `/journeys/enter-${name}/runs/${first}/cancel`, { reason: 'enough' })
    const run = await look(`enter-${name}`, first)
    assert.deepEqual([run.status, run.reason], ['cancelled', 'enough'])
    assert.equal(await enter(), afterwards, `${name}, afterwards`)
  }
})

test('goal and exit rules end a run, with their conditions', async () => {
  await make({
    name: 'buy',
    trigger: { api: true },
    goal: { event: 'paid', where: { field: 'event.sum', is: 'greater', value: 10 } },
    exit_on: [
      {
        event: 'left',
        where: { field: 'event.plan', is: 'equals', value: '{{ run.event.plan }}' },
        reason: 'left {{ event.plan }}',
      },
    ],
    steps: [{ id: 'wait', type: 'wait', days: 1 }],
  })
  const [one, two] = [await somebody(), await somebody()]
  const bought = await begin('buy', one)
  const gone = await begin('buy', two, { properties: { plan: 'team' } })
  for (const id of [bought, gone]) await stands('buy', id, 'wait')
  const happened = (name: string, external_id: string, properties: object) =>
    call('POST', '/events', { name, external_id, properties })
  await happened('paid', one, { sum: 5 })
  await happened('left', two, { plan: 'solo' })
  await happened('paid', one, { sum: 50 })
  await happened('left', two, { plan: 'team' })
  const [first, second] = [await ends('buy', bought), await ends('buy', gone)]
  assert.deepEqual([first.status, first.reason], ['done', 'goal'])
  assert.deepEqual([second.status, second.reason], ['exited', 'left team'])
})

test('an answer ends the run as human intervention, and the message that waits with it', async () => {
  const now = new Date()
  const tomorrow = new Date(+now + 36 * 3_600_000)
  const day = (at: Date) => at.toISOString().slice(0, 10)
  const holidays = [
    day(new Date(+now - 86_400_000)),
    day(now),
    day(new Date(+now + 86_400_000)),
    day(tomorrow),
  ]
  await make({
    name: 'talk',
    trigger: { api: true },
    steps: [
      mail('hello', 'Hello'),
      mail('again', 'Are you there?', { window: { ...closed, holidays, time_zone: 'UTC' } }),
      { id: 'wait', type: 'wait', days: 1 },
    ],
  })
  const id = await begin('talk', await somebody())
  await stands('talk', id, 'wait')
  await until('the first message', async () => {
    const { status } = await messageOf('talk', id)
    return status === 'sent' || status === 'delivered'
  })
  const held = await messageOf('talk', id, 1)
  assert.equal(held.status, 'held') // until the holidays are over: held, not dropped
  assert.ok(Date.parse(held.held_until) > Date.now() + 86_400_000, held.held_until)
  const first = await messageOf('talk', id)
  await call('POST', `/notifications/${first.id}/simulate`, { do: 'reply' })
  const over = await ends('talk', id)
  assert.deepEqual([over.status, over.reason], ['exited', 'human intervention'])
  const silenced = await messageOf('talk', id, 1)
  assert.equal(silenced.status, 'cancelled')
  assert.match(silenced.detail, /human intervention/)
})

test('a hold by hand stops a run; released it goes on; what has ended takes nothing more', async () => {
  await make({
    name: 'hold',
    trigger: { api: true },
    steps: [
      { id: 'wait', type: 'wait', days: 1 },
      mail('say', 'Now'),
      { id: 'rest', type: 'wait', days: 1 },
    ],
  })
  const id = await begin('hold', await somebody())
  await stands('hold', id, 'wait')
  const run = `/journeys/hold/runs/${id}`
  await call('POST', `${run}/hold`, { reason: 'on the phone with them' })
  const held = await look('hold', id)
  assert.deepEqual(
    [held.status, held.step, held.detail],
    ['held', 'wait', 'on the phone with them'],
  )
  for (const verb of ['skip', 'run-now'])
    assert.equal((await refused('POST', `${run}/${verb}`)).status, 409)
  await call('POST', `${run}/release`)
  await stands('hold', id, 'wait')
  await call('POST', `${run}/run-now`) // as if the day were over
  await stands('hold', id, 'rest')
  assert.equal(await textOf('hold', id), 'Now')
  await call('POST', '/journeys/hold/pause')
  assert.equal(
    (await refused('POST', '/journeys/hold/runs', { contact_id: await somebody() })).status,
    409,
  )
  await call('POST', '/journeys/hold/enable')
  await call('POST', `${run}/cancel`)
  for (const verb of ['skip', 'cancel', 'hold', 'release', 'run-now'])
    assert.equal((await refused('POST', `${run}/${verb}`)).status, 409, verb)
})

test('a simulation with a contact tells the whole path and does nothing', async () => {
  const who = await somebody({ traits: { plan: 'team' }, time_zone: 'Asia/Jerusalem' })
  const answer = await call('POST', '/journeys/tour/simulate', {
    contact_id: who,
    at: '2026-03-26T20:00:00Z',
    event: { properties: { total: 500, order: 'o-9', hours: 24 } },
    events: [{ event: 'message.opened', after: { hours: 1 }, properties: { message_id: 'x' } }],
    results: { ask: { status: 200 } },
  })
  assert.equal(answer.enters, true)
  const seen = answer.path.map(({ step }: { step: string }) => step)
  assert.deepEqual(seen.slice(0, 6), ['mark', 'half', 'known', 'hours', 'ask', 'hello'])
  assert.match(JSON.stringify(answer.path), /Welcome, Ada: order o-9/)
  const contact = await call('GET', `/contacts/${who}`)
  assert.deepEqual([contact.traits, contact.tags], [{ plan: 'team' }, []])
  const { data } = await call('GET', `/notifications?recipient_id=${who}`)
  assert.equal(data.length, 0)
  const small = await call('POST', '/journeys/tour/simulate', {
    ...{ contact_id: who, event: { properties: { total: 5 } } },
  })
  assert.deepEqual([small.enters, small.ended.status], [false, 'not_entered'])
})

test('what makes no sense is refused with a pointer to each place', async () => {
  const answer = await refused('POST', '/journeys', {
    ...{ name: 'nonsense', trigger: { events: ['x'] } },
    steps: [
      { id: 'a', type: 'branch', cases: [{ when: { field: 'x', is: 'exists' }, goto: 'nowhere' }] },
      mail('b', '{{ contact.name '),
      { id: 'c', type: 'wait', hours: 0, next: 'a' },
    ],
  })
  assert.equal(answer.status, 422)
  const pointers = answer.json.errors.map(({ pointer }: { pointer: string }) => pointer)
  assert.ok(pointers.length >= 2, answer.text)
  for (const part of ['/steps/0', '/steps/1'])
    assert.ok(
      pointers.some((each: string) => each.startsWith(part)),
      answer.text,
    )
})
