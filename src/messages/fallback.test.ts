/** The next channel after a time without news, by sandbox senders and a clock that the test moves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { until } from '../../test/helpers/until.ts'
import { createFallbacks } from './fallback.ts'
import { applyReceipts, type StateReceipt } from './receipts.ts'

const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database)
const { workspaceId } = engine
const looker = () =>
  createFallbacks({
    ...{ db, log: pino({ level: 'silent' }), directories: engine.directories },
    onSent: engine.engine.poke,
  })
const fallbacks = looker()

interface Row {
  id: string
  channel: string
  status: string
  address: string | null
}

/** Everything that went to one recipient, in order. */
const sentTo = (recipient: string) => db.engine<Row[]>`
  select id, channel, status, address from messages where workspace_id = ${workspaceId} and recipient_id = ${recipient} order by id
`
const waiting = async () => (await db.engine`select from message_fallbacks`).length

let n = 0
async function send(more: Record<string, unknown> = {}) {
  const recipient = `r${++n}`
  const to = { email: `sent+${recipient}@example.com`, phone: `+97250123${4000 + n}` }
  const item = { channel: 'email', subject: 'Hello', message: 'Hello', fallback_channels: ['sms'] }
  const id = await engine.accept({
    ...{ recipient_id: recipient, to, fallback_after: 600, ...item },
    ...more,
  })
  return { id, recipient }
}

/** The sandbox reports deliveries; these tests are about vendors that are slow to. */
async function unreported(id: string) {
  await until('it to be delivered', async () => (await engine.status(id)) === 'delivered')
  await db.engine`update messages set status = 'sent' where id = ${id}`
}

async function sent(more: Record<string, unknown> = {}) {
  const message = await send(more)
  await unreported(message.id)
  return message
}

const hear = (messageId: string, kind: StateReceipt) =>
  db.engine.begin((tx) =>
    applyReceipts(
      tx,
      [{ workspaceId, messageId, kind, at: clock.now(), detail: null, source: 'vendor' }],
      clock.now(),
    ),
  )

const opened = (messageId: string) => db.engine`
  insert into message_engagement (workspace_id, message_id, opens, human_opens, first_open_at, first_human_open_at)
  values (${workspaceId}, ${messageId}, 1, 1, ${clock.now()}, ${clock.now()})
`

test('what is not heard of in time goes by the next channel too, once', async () => {
  const { id, recipient } = await sent()
  clock.forward({ minutes: 9 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 1)
  clock.forward({ minutes: 2 })
  await Promise.all([fallbacks.runOnce(), looker().runOnce(), looker().runOnce()])
  await fallbacks.runOnce()
  const rows = await sentTo(recipient)
  assert.deepEqual(
    rows.map((row) => row.channel),
    ['email', 'sms'],
  )
  assert.equal(rows[1]?.address, `+97250123${4000 + n}`, 'the phone number that was given with it')
  const [event] = await db.engine`
    select properties from events where message_id = ${id} and name = 'message.rerouted'
  `
  assert.equal(event?.['properties'].next_message_id, rows[1]?.id)
  assert.equal(await waiting(), 0)
  await until('the second to be sent', async () =>
    /sent|delivered/.test((await engine.status(rows[1]!.id)) ?? ''),
  )
})

test('it goes to the address that was given for it, whatever its contact prefers', async () => {
  const known = { recipient_id: 'known', channel: 'sms', message: 'Hi', to: '+972501239001' }
  await engine.accept(known)
  await sent({ recipient_id: 'known', to: { email: 'sent@example.com', phone: '+972501239002' } })
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  const addresses = (await sentTo('known')).map(({ address }) => address)
  assert.deepEqual(addresses, ['+972501239001', 'sent@example.com', '+972501239002'])
})

test('one whose answer was lost has its time from then, and goes on when it is said to have failed', async () => {
  const lost = async () => {
    const message = await sent()
    await db.engine`
      update messages set status = 'unknown', sent_at = null, settled_at = ${clock.now()}, created_at = ${clock.now()}::timestamptz - interval '1 hour'
      where id = ${message.id}
    `
    return message
  }
  const [waits, failed] = [await lost(), await lost()]
  await hear(failed.id, 'failed')
  clock.forward({ minutes: 9 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(waits.recipient)).length, 1)
  assert.equal((await sentTo(failed.recipient)).length, 2)
  clock.forward({ minutes: 3 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(waits.recipient)).length, 2)
})

test('what was delivered, or seen by a person, is not sent again', async () => {
  const delivered = await sent()
  await hear(delivered.id, 'delivered')
  const seen = await sent({ fallback_unless: 'seen' })
  await opened(seen.id)
  const answered = await sent({ fallback_unless: 'seen' })
  await hear(answered.id, 'replied')
  clock.forward({ hours: 1 })
  await fallbacks.runOnce()
  for (const { recipient } of [delivered, seen, answered])
    assert.equal((await sentTo(recipient)).length, 1)
  assert.equal(await waiting(), 0)
})

test('delivered is not seen, where it is to be seen', async () => {
  const { id, recipient } = await sent({ fallback_unless: 'seen' })
  await hear(id, 'delivered')
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 2)
})

test('an open that was taken in and is not understood yet is waited for', async () => {
  const { id, recipient } = await sent({ fallback_unless: 'seen' })
  await db.engine`
    insert into tracking_hits (workspace_id, id, n, hits) values (${workspaceId}, gen_random_uuid(), 1, ${JSON.stringify([['x', id, 'open']])})
  `
  clock.forward({ minutes: 10, seconds: 30 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 1)
  await db.engine`delete from tracking_hits where workspace_id = ${workspaceId}`
  await opened(id)
  clock.forward({ minutes: 1 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 1)
  assert.equal(await waiting(), 0)
})

test('what is never understood is not waited for beyond a minute', async () => {
  const { id, recipient } = await sent()
  await db.engine`
    insert into tracking_hits (workspace_id, id, n, hits) values (${workspaceId}, gen_random_uuid(), 1, ${JSON.stringify([['x', id, 'open']])})
  `
  clock.forward({ minutes: 10, seconds: 30 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 1)
  clock.forward({ minutes: 1 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 2)
  await db.engine`delete from tracking_hits where workspace_id = ${workspaceId}`
})

test('what comes back does not wait for its time', async () => {
  const { id, recipient } = await sent()
  await hear(id, 'bounced')
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 2)
})

test('a message that could not leave yet goes by the next channel itself', async () => {
  const [sender] = await engine.directories.senders.forChannel(workspaceId, 'email')
  await db.engine`update senders set status = 'disabled' where id = ${sender!.id}`
  const { id, recipient } = await send()
  engine.directories.senders.forget(workspaceId)
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  await until('it to be sent', async () => /sent|delivered/.test((await engine.status(id)) ?? ''))
  const rows = await sentTo(recipient)
  assert.deepEqual(
    rows.map((row) => [row.id, row.channel]),
    [[id, 'sms']],
  )
  await db.engine`update senders set status = 'active' where id = ${sender!.id}`
  engine.directories.senders.forget(workspaceId)
  assert.equal(await waiting(), 0)
})

test('the time of a scheduled message runs from when it is sent', async () => {
  const scheduled_at = new Date(+clock.now() + 3_600_000).toISOString()
  const { id, recipient } = await send({ scheduled_at })
  clock.forward({ minutes: 30 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 1)
  await db.engine.begin(async (tx) => {
    await tx`update messages set status = 'cancelled' where id = ${id}`
  })
  clock.forward({ hours: 2 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 1)
  assert.equal(await waiting(), 0)
})

test('three channels go one after the other', async () => {
  const { recipient } = await sent({ fallback_channels: ['sms', 'voice'] })
  for (const expected of [2, 3, 3]) {
    clock.forward({ minutes: 11 })
    await fallbacks.runOnce()
    const rows = await sentTo(recipient)
    assert.equal(rows.length, expected)
    if ((await engine.status(rows.at(-1)!.id)) !== 'sent') await unreported(rows.at(-1)!.id)
  }
  assert.equal(await waiting(), 0)
})

test('a person who was erased is sent nothing more', async () => {
  const { id, recipient } = await sent()
  await db.engine`update messages set contact_id = null, address = null, routing = null where id = ${id}`
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).length, 1)
  assert.equal(await waiting(), 0)
})

test('one that cannot be settled holds up no other, and is tried again', async () => {
  const broken = await sent()
  await db.engine`update messages set routing = '{"not": "a list"}' where id = ${broken.id}`
  const other = await sent()
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(broken.recipient)).length, 1)
  assert.equal((await sentTo(other.recipient)).length, 2)
  await db.engine`update messages set routing = '[{"channel": "sms"}]' where id = ${broken.id}`
  clock.forward({ minutes: 2 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(broken.recipient)).length, 2)
  assert.equal(await waiting(), 0)
})

test('a sender that was removed a moment ago is passed over', async () => {
  const { id, recipient } = await sent({ fallback_channels: ['sms', 'voice'] })
  const { senders } = engine.directories
  await senders.forChannel(workspaceId, 'sms') // is known
  const [sms] = await db.engine`
    delete from senders where workspace_id = ${workspaceId} and channel = 'sms'
      and not exists (select from messages m where m.sender_id = senders.id and m.status in ('queued', 'sending'))
    returning id
  `
  assert.ok(sms)
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  const rows = await sentTo(recipient)
  assert.deepEqual(
    rows.map((row) => row.channel),
    ['email', 'voice'],
  )
  await engine.addSender({ channel: 'sms', provider: 'sandbox', settings: {} })
  assert.ok(id)
})

test('what waits for its turn at a sender that works has not begun its time', async () => {
  const { id, recipient } = await send({
    scheduled_at: new Date(+clock.now() + 3_600_000).toISOString(),
  })
  await db.engine`update messages set status = 'queued', due_at = 'infinity' where id = ${id}`
  clock.forward({ hours: 2 })
  await fallbacks.runOnce()
  const [row] = await sentTo(recipient)
  assert.deepEqual([row?.channel, row?.status], ['email', 'queued'])
  assert.equal(await waiting(), 1)
  await db.engine`update messages set status = 'cancelled' where id = ${id}`
  clock.forward({ hours: 2 })
  await fallbacks.runOnce()
  assert.equal(await waiting(), 0)
})

test('where it can go no other way its timeline says so', async () => {
  const { id, recipient } = await sent({ to: { email: 'sent@example.com' } })
  const senders = await db.engine`
    update senders set origin = 'environment' where workspace_id = ${workspaceId} and channel = 'sms' returning id
  `
  engine.directories.senders.forget(workspaceId)
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  await db.engine`update senders set origin = 'builtin' where id = any(${senders.map((row) => row['id'])})`
  engine.directories.senders.forget(workspaceId)
  assert.equal((await sentTo(recipient)).length, 1)
  const [event] = await db.engine`
    select properties from events where message_id = ${id} and name = 'message.fallback_ended'
  `
  assert.equal(event?.['properties'].reason, 'no_channel')
  assert.equal(await waiting(), 0)
})

test('who was merged into another is reached by the address of that one', async () => {
  const { id, recipient } = await sent({ to: { email: 'sent@example.com' } })
  const phone = '+972501239999'
  const [other] = await sentTo((await sent({ fallback_channels: ['voice'] })).recipient)
  await db.engine`
    update contacts set merged_into = (select contact_id from messages where id = ${other!.id})
    where id = (select contact_id from messages where id = ${id})
  `
  await db.engine`
    update contact_addresses set address = ${phone}
    where kind = 'phone' and contact_id = (select contact_id from messages where id = ${other!.id})
  `
  clock.forward({ minutes: 11 })
  await fallbacks.runOnce()
  assert.equal((await sentTo(recipient)).at(-1)?.address, phone)
})

test('fallback_after needs channels to fall back to', async () => {
  await assert.rejects(
    engine.accept({
      channel: 'email',
      to: 'a@example.com',
      subject: 'x',
      message: 'x',
      fallback_after: 60,
    }),
    (error: { errors?: { pointer: string }[] }) => error.errors?.[0]?.pointer === '/fallback_after',
  )
})
