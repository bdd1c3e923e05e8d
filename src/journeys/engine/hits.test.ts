/** Opens and clicks reach journeys once it can be seen whose they are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testJourneys } from '../../../test/helpers/journeys.ts'

const database = await testDatabase()
const { clock, db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world

const journey = await world.add({
  name: 'interested',
  trigger: { events: ['mail.wanted'], key: '{{ event.n }}' },
  steps: [
    { id: 'mail', type: 'send', channel: 'email', content: { subject: 's', text: 't' } },
    {
      ...{ id: 'clicked', type: 'wait_for', event: 'message.clicked', for: { days: 1 } },
      where: {
        all: [
          { field: 'event.message_id', is: 'equals', value: '{{ steps.mail.message_id }}' },
          { field: 'event.class', is: 'equals', value: 'human' },
        ],
      },
    },
    { id: 'rest', type: 'wait', days: 1 },
  ],
})

let runs = 0
/** A run whose mail went out just now, and waits for a click. */
async function waiting() {
  const n = ++runs
  const contactId = await world.addContact(`c${n}`, 'Ada', `c${n}@example.org`)
  await world.record('mail.wanted', { contactId, properties: { n } })
  await engine.runOnce()
  const stands = async () => (await world.runs(journey)).find(({ key }) => key === String(n))?.step
  const [sent] = await db.engine<{ messageId: string }[]>`
    update messages m set status = 'sent', sent_at = ${clock.now()}
    from journey_sends s join journey_runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
    where m.id = s.message_id and r.key = ${String(n)}
    returning s.message_id
  `
  const messageId = sent!.messageId
  const click = async (source = 'tracking') => {
    await world.record('message.clicked', {
      ...{ contactId, messageId, source, properties: { class: 'human' } },
    })
    await db.engine`
      insert into engagements (workspace_id, message_id, event_id, kind, at, link_index, method, source, class, reason, classifier_version)
      select workspace_id, message_id, id, 'click', at, 0, 'GET', 'web', 'human', 'default', 1
      from events where message_id = ${messageId} and name = 'message.clicked'
      on conflict do nothing
    `
    await engine.runOnce()
  }
  const judge = (judged: string) => db.engine`
    update engagements set class = ${judged}, reason = 'burst' where message_id = ${messageId}
  `
  return { stands, click, judge }
}

test('an early click counts two minutes after the mail, if nothing showed that a machine made it', async () => {
  const [person, scanner] = [await waiting(), await waiting()]
  clock.forward({ seconds: 20 })
  for (const each of [person, scanner]) await each.click()
  assert.deepEqual([await person.stands(), await scanner.stands()], ['clicked', 'clicked'])
  await scanner.judge('machine') // its next clicks came within the same seconds
  clock.forward({ seconds: 99 })
  await engine.runOnce()
  assert.equal(await person.stands(), 'clicked')
  clock.forward({ seconds: 1 })
  await engine.runOnce()
  assert.deepEqual([await person.stands(), await scanner.stands()], ['rest', 'clicked'])
})

test('fifteen seconds at least within the first five minutes; later, and from a vendor, at once', async () => {
  const [early, late, vendors] = [await waiting(), await waiting(), await waiting()]
  await vendors.click('sandbox')
  assert.equal(await vendors.stands(), 'rest')
  clock.forward({ minutes: 4 })
  await early.click()
  assert.equal(await early.stands(), 'clicked')
  clock.forward({ seconds: 15 })
  await engine.runOnce()
  assert.equal(await early.stands(), 'rest')
  clock.forward({ minutes: 1 })
  await late.click()
  assert.equal(await late.stands(), 'rest')
})

test('what is held comes once, also when two engines look', async () => {
  const one = await waiting()
  await one.click()
  const other = await world.another()
  clock.forward({ minutes: 3 })
  await Promise.all([engine.runOnce(), other.runOnce()])
  assert.equal(await one.stands(), 'rest')
  const [left] = await db.engine`
    select count(*)::int as n from event_queue where workspace_id = ${workspaceId}
  `
  assert.equal(left?.['n'], 0)
})

/** A journey that is taken on by an open, then by a click, of one mail; `open` is when the mail was opened. */
async function mailed(name: string, document: { steps: object[]; trigger?: object }) {
  const trigger = { events: [`${name}.wanted`], key: '{{ contact.id }}' }
  const journey = await world.add({ name, trigger, ...document })
  const contactId = await world.addContact(name, 'Ada', `${name}@example.org`)
  const [mail] = await db.engine<{ id: string }[]>`
    insert into messages select (jsonb_populate_record(m, jsonb_build_object(
      'id', gen_random_uuid(), 'contact_id', ${contactId}::text, 'sent_at', ${clock.now()}::timestamptz
    ))).* from messages m where sent_at is not null limit 1
    returning id
  `
  const messageId = mail!.id
  const hit = async (kind: 'open' | 'click') => {
    const event = `message.${kind === 'open' ? 'opened' : 'clicked'}`
    await world.record(event, { contactId, messageId, source: 'tracking' })
    await db.engine`
      insert into engagements (workspace_id, message_id, event_id, kind, at, link_index, method, source, class, reason, classifier_version)
      select workspace_id, message_id, id, ${kind}, at, 0, 'GET', 'web', 'human', 'default', 1
      from events where message_id = ${messageId} and name = ${event}
      on conflict do nothing
    `
    await engine.runOnce()
  }
  const begin = async () => {
    await world.record(`${name}.wanted`, { contactId })
    await engine.runOnce()
  }
  const at = async (seconds: number) => {
    clock.forward({ seconds })
    await engine.runOnce()
  }
  const stands = async () => (await world.runs(journey)).map(({ step }) => step)
  return { hit, begin, at, stands }
}

const waitFor = (id: string, event: string, more: object = {}) => ({
  ...{ id, type: 'wait_for', event: `message.${event}`, for: { days: 1 }, on_timeout: 'late' },
  ...more,
})
const ends = [
  { id: 'rest', type: 'wait', days: 1, next: null },
  { id: 'late', type: 'wait', days: 1 },
]

test('opened and then clicked, both are heard of, whether at the same moment or one after the other', async () => {
  for (const [name, before, between] of [
    ['pair', 10, 5],
    ['seconds', 150, 5],
    ['border', 110, 8],
  ] as const) {
    const one = await mailed(name, {
      steps: [waitFor('opened', 'opened'), waitFor('clicked', 'clicked'), ...ends],
    })
    await one.begin()
    await one.at(before)
    await one.hit('open')
    await one.at(between)
    await one.hit('click')
    await one.at(7)
    for (let n = 0; n < 12; n++) await one.at(10)
    assert.deepEqual(await one.stands(), ['rest'], name)
  }
})

test('what is done between the open and the click does not lose the click', async () => {
  const one = await mailed('between', {
    steps: [
      waitFor('opened', 'opened'),
      { id: 'note', type: 'act', connector: 'monday', action: 'read_status', params: {} },
      waitFor('clicked', 'clicked'),
      ...ends,
    ],
  })
  await one.begin()
  await one.at(10)
  await one.hit('open')
  await one.at(5)
  await one.hit('click')
  for (let n = 0; n < 12; n++) await one.at(10)
  assert.deepEqual(await one.stands(), ['rest'])
})

test('a click before the open does not count for who waits for one after it', async () => {
  const one = await mailed('inverted', {
    steps: [waitFor('opened', 'opened'), waitFor('clicked', 'clicked'), ...ends],
  })
  await one.begin()
  await one.hit('click')
  await one.at(5)
  await one.hit('open')
  for (let n = 0; n < 14; n++) await one.at(10)
  assert.deepEqual(await one.stands(), ['clicked'])
})

test('a journey that an open begins hears of the click that followed it', async () => {
  const one = await mailed('begun', {
    trigger: { events: ['message.opened'], key: '{{ contact.id }}' },
    steps: [waitFor('clicked', 'clicked'), ...ends],
  })
  await one.hit('open')
  await one.at(5)
  await one.hit('click')
  for (let n = 0; n < 14; n++) await one.at(10)
  assert.deepEqual(await one.stands(), ['rest'])
})

test('who waits for less than it takes to judge a click hears of one that came in time', async () => {
  const steps = [waitFor('clicked', 'clicked', { for: { minutes: 1 } }), ...ends]
  const [timely, never] = [await mailed('timely', { steps }), await mailed('never', { steps })]
  for (const each of [timely, never]) await each.begin()
  await timely.at(30)
  await timely.hit('click')
  await timely.at(31)
  assert.deepEqual([await timely.stands(), await never.stands()], [['clicked'], ['late']])
  for (let n = 0; n < 7; n++) await timely.at(10)
  assert.deepEqual(await timely.stands(), ['rest'])
})
