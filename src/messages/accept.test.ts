import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { AppError } from '../errors.ts'
import { NewMessage } from './schema.ts'

const database = await testDatabase()
const { db } = database
const engine = await testEngine(database, { start: false })
const { workspaceId, acceptor } = engine
const sms = (recipient: string, more: object = {}) =>
  NewMessage.parse({ channel: 'sms', recipient_id: recipient, message: 'x', ...more })
const accept = (items: NewMessage[], key?: string, bodyHash = 'hash') =>
  acceptor.accept({
    workspaceId,
    items,
    batch: true,
    repeat: key ? { key, scope: 'POST /notifications', bodyHash } : null,
  })
const count = async (table: string) =>
  (
    await db.engine.unsafe<{ n: number }[]>(
      `select count(*)::int as n from ${table} where workspace_id = '${workspaceId}'`,
    )
  )[0]?.n ?? -1
const refused = (code: string) => (error: unknown) =>
  error instanceof AppError && error.code === code

test('a batch is all or nothing, and each bad item is named', async () => {
  const before = [await count('messages'), await count('contacts'), await count('topics')]
  const bad = [
    sms('a'),
    sms('b', { category: 'new-topic' }),
    sms('c', { template_id: 'missing', message: undefined }),
    sms('d'),
    sms('e', { sender_id: '00000000-0000-7000-8000-000000000000' }),
  ]
  await assert.rejects(accept(bad), (error: unknown) => {
    assert.ok(error instanceof AppError)
    assert.deepEqual(
      error.errors?.map(({ pointer }) => pointer),
      ['/2/template_id', '/4/sender_id'],
    )
    return true
  })
  assert.deepEqual(
    [await count('messages'), await count('contacts'), await count('topics')],
    before,
  )
})

test('a topic that is made is said, for it may be mistyped', async () => {
  const of = async () => (await accept([sms('typo', { category: 'pasword-reset' })])).accepted
  const [first] = await of()
  assert.match(first?.warnings?.join() ?? '', /no topic pasword-reset: it was made/)
  const [second] = await of()
  assert.equal(second?.warnings, undefined)
})

test('fifty requests with one key at once write one message', async () => {
  const before = await count('messages')
  const answers = await Promise.allSettled(
    Array.from({ length: 50 }, () => accept([sms('once')], 'key-1')),
  )
  const ids = answers.flatMap((answer) =>
    answer.status === 'fulfilled' ? answer.value.accepted.map(({ id }) => id) : [],
  )
  assert.equal(new Set(ids).size, 1)
  for (const answer of answers)
    if (answer.status === 'rejected') assert.ok(refused('in_flight')(answer.reason))
  assert.equal(await count('messages'), before + 1)
  const again = await accept([sms('once')], 'key-1')
  assert.equal(again.replayed, true)
  assert.equal(again.accepted[0]?.id, ids[0])
})

test('the same key for another body is refused', async () => {
  await accept([sms('two')], 'key-2')
  await assert.rejects(accept([sms('three')], 'key-2', 'other'), refused('idempotency_mismatch'))
})

test('a recipient met for the first time by many messages at once is one contact', async () => {
  const before = await count('contacts')
  await Promise.all(
    Array.from({ length: 20 }, () =>
      accept([sms('new-face', { to: '+972501234567' }), sms('new-face')]),
    ),
  )
  assert.equal(await count('contacts'), before + 1)
  const [address] = await db.engine`
    select address, is_primary from contact_addresses a
    join contact_identities i on i.workspace_id = a.workspace_id and i.contact_id = a.contact_id
    where i.external_id = 'new-face' and i.workspace_id = ${workspaceId}
  `
  assert.deepEqual({ ...address }, { address: '+972501234567', isPrimary: true })
})

test('a bad request does not disturb those it is committed with', async () => {
  const [good, bad, also] = await Promise.allSettled([
    accept([sms('g1')]),
    accept([sms('g2', { fallback_channels: ['email'] })]),
    accept([sms('g3')]),
  ])
  assert.equal(good.status, 'fulfilled')
  assert.equal(bad.status, 'rejected')
  assert.equal(also.status, 'fulfilled')
})

test('a real sender needs an address, and the error says how to give one', async () => {
  await engine.addSender({
    channel: 'email',
    provider: 'smtp',
    settings: { host: '127.0.0.1', port: 1, from_email: 'team@example.com' },
  })
  const mail = NewMessage.parse({
    channel: 'email',
    recipient_id: 'no-address',
    subject: 'x',
    message: 'x',
  })
  await assert.rejects(
    accept([mail]),
    (error: unknown) => error instanceof AppError && error.errors?.[0]?.pointer === '/0/to',
  )
})

test('a request whose sender is gone is refused, and those that came with it are not', async () => {
  const senderId = await engine.addSender({ channel: 'sms', provider: 'sandbox', settings: {} })
  const hasty = sms('hasty', { sender_id: senderId })
  await engine.directories.senders.find(workspaceId, senderId) // known for a moment longer
  await db.engine`delete from senders where id = ${senderId}`
  const [refusal, kept] = await Promise.allSettled([accept([hasty]), accept([sms('patient')])])
  assert.equal(refusal.status, 'rejected')
  assert.ok(refusal.status === 'rejected' && refused('conflict')(refusal.reason))
  assert.equal(kept.status, 'fulfilled')
})
