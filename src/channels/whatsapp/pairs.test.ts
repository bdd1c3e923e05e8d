/** What Meta allows between a number and one person, on the real engine and by the test's clock. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { META_PHONE_ID, META_TOKEN, startMeta } from '../../../test/fakes/startMeta.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { until } from '../../../test/helpers/until.ts'
import { noteInbound } from '../../messages/store/conversations.ts'
import { findMessage } from '../../messages/store/read.ts'

const meta = await startMeta()
after(() => meta.close())
const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database)
const { workspaceId } = engine
const settings = {
  token: META_TOKEN,
  phone_number_id: META_PHONE_ID,
  base_url: meta.baseUrl,
  api_version: 'v23.0',
}
const senderId = await engine.addSender({
  channel: 'whatsapp',
  provider: 'whatsapp',
  settings,
  position: -1,
})
await meta.set({ templates: ['welcome'] })

let people = 0
const person = () => `+97250123${String(4_500 + ++people)}`
const template = { metadata: { whatsapp: { template: 'welcome', language: 'he' } } }
const send = (to: string, more: object = template) =>
  engine.accept({ channel: 'whatsapp', to, message: 'Hello', ...more })
const sentTo = async (to: string) =>
  (await meta.tell()).messages.filter((each) => each.to === to.slice(1))
const is = (id: string, status: string) =>
  until(`a message that is ${status}`, async () => (await engine.status(id)) === status, 20_000)
const pass = async (seconds: number) => {
  await meta.set({ now: +clock.now() + seconds * 1_000 }) // never behind what our clock says
  clock.forward({ seconds })
  engine.engine.poke()
}
await pass(1)
const pair = (address: string) => ({ workspaceId, senderId, address })
const wrote = async (to: string) => {
  await noteInbound(db.engine, pair(to), clock.now())
  await meta.set({ wrote: { ...(await meta.tell()).wrote, [to.slice(1)]: +clock.now() } })
}

test('one message to a person in six seconds; others are not held up', async () => {
  await meta.set({ pairSeconds: 6 })
  const to = person()
  const [first, second, third] = [await send(to), await send(to), await send(to)]
  const other = await send(person())
  await is(other, 'sent')
  await until('one', async () => (await sentTo(to)).length === 1)
  const waiting = async () =>
    (await Promise.all([first, second, third].map((id) => engine.status(id)))).filter(
      (status) => status !== 'sent',
    ).length
  await until('the others to be put off', async () => {
    const [row] = await db.engine`
      select count(*)::int as n from messages
      where workspace_id = ${workspaceId} and address = ${to} and reason = 'recipient_pace'
    `
    return row?.['n'] === 2
  })
  await pass(5)
  await until('two of them to wait', async () => (await waiting()) === 2)
  await pass(1)
  await until('the second', async () => (await sentTo(to)).length === 2)
  await pass(6)
  await until('the third', async () => (await sentTo(to)).length === 3)
  assert.deepEqual((await meta.tell()).refused, [])
})

test('two processes keep one pace, and what waits for its turn keeps its time', async () => {
  const other = await testEngine(database, { like: engine })
  await meta.set({ pairSeconds: 6 })
  const to = person()
  const ids: string[] = []
  for (const each of [engine, other, engine, other]) {
    ids.push(
      await each.accept({ channel: 'whatsapp', to, message: 'Hello', ...template }, workspaceId),
    )
  }
  const poked = async (seconds: number) => {
    await pass(seconds)
    other.engine.poke()
  }
  for (let sent = 1; sent <= ids.length; sent++) {
    await poked(0)
    await until(`message ${sent}`, async () => (await sentTo(to)).length >= sent)
    assert.equal((await sentTo(to)).length, sent)
    await until('what was sent to be settled', async () => {
      const states = await Promise.all(ids.map((id) => engine.status(id)))
      return states.filter((status) => status === 'sent').length === sent
    })
    const rows = await db.engine`
      select expires_at - due_at as "left" from messages
      where workspace_id = ${workspaceId} and address = ${to} and reason = 'recipient_pace' and status = 'queued'
    `
    for (const { left } of rows) assert.match(String(left), /^(1 day|24:00)/)
    await poked(6)
  }
  assert.deepEqual((await meta.tell()).refused, [])
  await other.engine.stop()
})

test('free text within 24 hours of what they wrote, else the template', async () => {
  await meta.set({ pairSeconds: 0 })
  const to = person()
  await is(await send(to), 'sent')
  assert.equal((await sentTo(to))[0]?.type, 'template')
  await wrote(to)
  await pass(10)
  await is(await send(to), 'sent')
  assert.equal((await sentTo(to))[1]?.type, 'text')
  await pass(24 * 3_600)
  await is(await send(to), 'sent')
  assert.equal((await sentTo(to))[2]?.type, 'template')
  const refused = await send(to, {})
  await pass(10)
  await is(refused, 'failed')
  assert.match((await findMessage(db.engine, workspaceId, refused))?.detail ?? '', /131047/)
})

test('where we wrongly believe that they wrote, the template goes at once', async () => {
  const to = person()
  await noteInbound(db.engine, pair(to), clock.now())
  await is(await send(to), 'sent')
  const [only, ...more] = await sentTo(to)
  assert.equal(only?.type, 'template')
  assert.deepEqual(more, [])
})

test('131056 slows down that pair: 4 seconds, then 16', async () => {
  const to = person()
  await meta.set({ faults: [{ status: 400, code: 131056, times: 2, to: to.slice(1) }] })
  const id = await send(to)
  const slowed = async (n: number) =>
    until(`slowness ${n}`, async () => {
      const [row] = await db.engine`
        select slowed, next_send_at from conversations where workspace_id = ${workspaceId} and address = ${to}
      `
      return row?.['slowed'] === n && Number(row['nextSendAt']) / 1_000
    })
  const first = await slowed(1)
  assert.ok(first >= +clock.now() / 1_000 + 4)
  await is(await send(person()), 'sent')
  await until('the second refusal', async () => {
    await pass(5)
    return (await meta.tell()).faults.length === 0
  })
  assert.ok((await slowed(2)) >= first + 16)
  await until('the message', async () => {
    await pass(5)
    return (await engine.status(id)) === 'sent'
  })
  await slowed(0)
})

test('what is too fast for one person stays with its number, and stops no other', async () => {
  const second = await engine.addSender({
    ...{ channel: 'whatsapp', provider: 'whatsapp', position: 0 },
    settings: { ...settings, phone_number_id: '999' },
  })
  const slow = Array.from({ length: 25 }, () => person())
  const faults = slow.map((each) => ({
    ...{ status: 400, code: 131056, times: 1, to: each.slice(1) },
  }))
  await meta.set({ faults })
  const ids = await Promise.all(slow.map((each) => send(each)))
  await until('all refusals', async () => (await meta.tell()).faults.length === 0)
  const state = async () =>
    await db.engine`
      select sender_id, count(*)::int as n from messages
      where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and attempt = 1 and lease is null
      group by 1
    `
  await until('all to be queued again', async () => (await state())[0]?.['n'] === slow.length)
  assert.deepEqual(
    (await state()).map((row) => row['senderId']),
    [senderId],
  )
  const [sender] = await db.engine`
    select breaker_open_until from senders where workspace_id = ${workspaceId} and id = ${senderId}
  `
  assert.equal(sender?.['breakerOpenUntil'], null)
  await until('all of them', async () => {
    await pass(5)
    return (await Promise.all(ids.map((id) => engine.status(id)))).every((each) => each === 'sent')
  })
  await db.engine`update senders set status = 'disabled' where id = ${second}`
  engine.directories.senders.forget(workspaceId)
})

test('131049: not again today', async () => {
  const to = person()
  await meta.set({ faults: [{ status: 400, code: 131049, times: 1, to: to.slice(1) }] })
  const refused = await send(to)
  await is(refused, 'failed')
  const expires = new Date(+clock.now() + 3 * 86_400_000).toISOString()
  const second = await send(to, { ...template, expires_at: expires })
  await until(
    'it rests',
    async () => (await findMessage(db.engine, workspaceId, second))?.reason === 'recipient_rests',
  )
  assert.equal((await sentTo(to)).length, 0)
  await pass(24 * 3_600 + 60)
  await is(second, 'sent')
})

test('190: the sender is paused with its reason, and nothing is lost', async () => {
  await meta.set({ token: 'a newer one' })
  const id = await send(person())
  const reason = await until('the pause', async () => {
    const [row] = await db.engine`
      select status, status_reason from senders where workspace_id = ${workspaceId} and id = ${senderId}
    `
    return row?.['status'] === 'paused' && String(row['statusReason'])
  })
  assert.match(reason, /190/)
  await is(id, 'queued')
  await meta.set({ token: META_TOKEN })
})
