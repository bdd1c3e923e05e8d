/** Each message of a run that is taken up again goes once, whoever else sends it again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testJourneys } from '../../test/helpers/journeys.ts'
import { inWorkspace } from '../db/db.ts'
import { redrive } from '../messages/change.ts'
import { resend } from '../messages/resend.ts'
import { retryRun } from './retryRun.ts'

const database = await testDatabase()
const { clock, db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world

let acts = 0
world.act = async () => ({ acts: ++acts })
const content = { subject: 's', text: 't' }
const acting = { type: 'act', connector: 'monday', action: 'read_status', params: {} }
const welcome = await world.add({
  name: 'welcome',
  trigger: { events: ['lead.added'], key: '{{ event.n }}' },
  steps: [
    { id: 'hello', type: 'send', channel: 'email', content },
    { id: 'noted', ...acting },
    {
      ...{ id: 'gone', type: 'wait_for', event: 'message.sent', for: { days: 7 } },
      where: {
        ...{ field: 'event.message_id', is: 'equals', value: '{{ steps.hello.message_id }}' },
      },
    },
    { id: 'day', type: 'wait', hours: 24 },
  ],
})
const twice = await world.add({
  name: 'twice',
  trigger: { events: ['pair.added'], key: '{{ event.n }}' },
  steps: [
    { id: 'first', type: 'send', channel: 'email', content },
    { id: 'noted', ...acting },
    { id: 'second', type: 'send', channel: 'email', content },
    { id: 'day', type: 'wait', hours: 24 },
  ],
})

let people = 0
async function entered(journey: string, event: string) {
  const n = ++people
  const contactId = await world.addContact(`c${n}`, 'Ada', `c${n}@example.org`)
  await world.record(event, { contactId, properties: { n } })
  await engine.runOnce()
  const run = async () => (await world.runs(journey)).find(({ key }) => key === String(n))!
  const { id } = await run()
  const sends = () => db.engine<{ id: string; step: string; status: string; reason: string }[]>`
    select m.id, s.step, m.status, m.reason from journey_sends s
    join messages m on m.workspace_id = s.workspace_id and m.id = s.message_id
    where s.run_id = ${id} order by m.id
  `
  const mark = (messageId: string, status: string) => db.engine`
    update messages set status = ${status}, reason = null where id = ${messageId}
  `
  return {
    ...{ contactId, run, sends, mark },
    /** Of every message of the contact, not only of the run's. */
    all: () => db.engine<{ id: string; status: string }[]>`
      select id, status from messages where contact_id = ${contactId} order by id
    `,
    async fail(messageId: string, status = 'failed') {
      await mark(messageId, status)
      await world.record(`message.${status}`, { messageId, contactId })
      await engine.runOnce()
    },
    retry: () =>
      inWorkspace(db, workspaceId, (tx) => retryRun(tx, workspaceId, id, { now: clock.now() })),
  }
}

const again = (id: string) =>
  inWorkspace(db, workspaceId, (tx) => resend(tx, workspaceId, id, clock.now()))
const everyDeadLetter = () => {
  const all = { ids: null, channel: null, topic: null, reason: null, from: null, to: null }
  const filter = { ...all, status: 'failed', limit: 100 } as const
  return inWorkspace(db, workspaceId, (tx) => redrive(tx, workspaceId, filter, clock.now()))
}

test('what was written anew is no dead letter any more, nor is it sent again by hand', async () => {
  const one = await entered(welcome, 'lead.added')
  const [old] = await one.sends()
  await one.fail(old!.id)
  await one.retry()
  assert.deepEqual(await everyDeadLetter(), [])
  await assert.rejects(again(old!.id), { code: 'conflict' })
  await engine.runOnce()
  assert.deepEqual(
    (await one.sends()).map(({ status, reason }) => [status, reason]),
    [
      ['cancelled', 'written_anew'],
      ['queued', null],
    ],
  )
})

test('what somebody has sent again by hand is not written anew, and its run hears of it', async () => {
  for (const status of ['queued', 'sent']) {
    const one = await entered(welcome, 'lead.added')
    const [old] = await one.sends()
    await one.fail(old!.id)
    const copy = await again(old!.id)
    const { id } = await again(copy.id) // and that failed, and went as a copy of the copy
    await one.mark(copy.id, 'failed')
    await one.mark(id, status)
    await one.retry()
    await engine.runOnce()
    assert.equal((await one.all()).length, 3)
    if (status === 'queued') {
      assert.equal((await one.run()).step, 'gone')
      await world.record('message.sent', { messageId: id, contactId: one.contactId })
      await engine.runOnce()
    }
    assert.equal((await one.run()).step, 'day')
    await one.mark(old!.id, 'cancelled')
    await one.mark(copy.id, 'cancelled')
  }
})

test('sent again by hand and taken up again at the same moment, it goes once', async () => {
  const one = await entered(welcome, 'lead.added')
  const [old] = await one.sends()
  await one.fail(old!.id)
  await Promise.allSettled([again(old!.id), one.retry()])
  await engine.runOnce()
  const live = (await one.all()).filter(({ status }) => status === 'queued')
  assert.equal(live.length, 1)
})

test('one whose message is refused again keeps the place where it stood, and does nothing twice', async () => {
  const one = await entered(welcome, 'lead.added')
  const [old] = await one.sends()
  await one.fail(old!.id)
  const before = acts
  const [taken] = await db.engine<{ row: string }[]>`
    delete from contact_addresses a where contact_id = ${one.contactId} returning to_jsonb(a)::text as row
  `
  await one.retry()
  await engine.runOnce()
  const refused = await one.run()
  assert.deepEqual(
    [refused.status, refused.exitReason, refused.failedStep],
    ['failed', 'no_address', 'gone'],
  )
  await db.engine`
    insert into contact_addresses
    select (jsonb_populate_record(null::contact_addresses, ${taken!.row}::text::jsonb)).*
  `
  await one.retry()
  await engine.runOnce()
  const run = await one.run()
  assert.deepEqual([run.status, run.step, run.failedStep], ['waiting', 'gone', null])
  assert.deepEqual([(await one.sends()).length, acts], [2, before])
})

test('of several messages each that was not sent is written anew, and no other', async () => {
  const both = await entered(twice, 'pair.added')
  const before = acts
  for (const { id } of await both.sends()) await both.fail(id)
  await both.retry()
  await engine.runOnce()
  const steps = async (of: typeof both) => (await of.sends()).map(({ step }) => step)
  assert.deepEqual(await steps(both), ['first', 'second', 'first', 'second'])
  assert.equal((await both.run()).step, 'day')

  const early = await entered(twice, 'pair.added')
  const [first, second] = await early.sends()
  await early.mark(second!.id, 'sent')
  await early.fail(first!.id, 'bounced')
  await early.retry()
  await engine.runOnce()
  assert.deepEqual(await steps(early), ['first', 'second', 'first'])
  assert.equal((await early.run()).step, 'day')
  assert.equal(acts, before + 1)
})

test('a failure that is heard of late does not end the run that has written the message anew', async () => {
  const one = await entered(twice, 'pair.added')
  const [first, second] = await one.sends()
  await one.mark(second!.id, 'failed')
  await one.fail(first!.id)
  await one.retry()
  await world.record('message.failed', { messageId: second!.id, contactId: one.contactId })
  await engine.runOnce()
  const { status, step } = await one.run()
  assert.deepEqual([status, step, (await one.sends()).length], ['waiting', 'day', 4])
})

test('one that a step ended is not taken up again', async () => {
  const journey = await world.add({
    name: 'ended',
    trigger: { events: ['end.asked'], contact: 'none' },
    steps: [{ id: 'end', type: 'exit', reason: 'No phone', attention: true }],
  })
  await world.record('end.asked', {})
  await engine.runOnce()
  const [run] = await world.runs(journey)
  assert.equal(run?.status, 'failed')
  const retry = inWorkspace(db, workspaceId, (tx) =>
    retryRun(tx, workspaceId, run!.id, { now: clock.now() }),
  )
  await assert.rejects(retry, { code: 'conflict', message: /exit step/ })
})
