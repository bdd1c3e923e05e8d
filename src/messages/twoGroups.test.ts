/** One process writes two groups of accepted messages at once: neither is lost, refused or written twice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { until } from '../../test/helpers/until.ts'
import { NewMessage } from './schema.ts'

const database = await testDatabase()
const { db } = database
const engine = await testEngine(database, { start: false })
const { workspaceId, acceptor } = engine
const EACH = 40 // messages: enough for a group of their own

const accept = async (...items: object[]) => {
  const parsed = items.map((item) => NewMessage.parse(item))
  const request = { workspaceId, items: parsed, batch: true, repeat: null }
  return (await acceptor.accept(request)).accepted
}

/** One group. The same people, topic and lane in all of them, and addresses of their own. */
const group = (name: string, more: object = {}) =>
  accept(
    ...Array.from({ length: EACH }, (_, n) => ({
      ...{ channel: 'email', subject: 'Both', message: 'Both.', category: 'both' },
      ...{ recipient_id: `both-${n}`, to: `${name}-${n}@example.org`, ...more },
    })),
  )

const numberOf = async (query: string): Promise<number> => {
  const [row] = await db.engine.unsafe<{ n: number }[]>(
    `select count(*)::int as n from ${query} workspace_id = '${workspaceId}'`,
  )
  return row?.n ?? -1
}

/** Sessions of this database that wait for another's lock. */
const waiting = async () => {
  const [row] = await db.engine<{ n: number }[]>`
    select count(distinct pid)::int as n
    from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()
  `
  return row?.n ?? 0
}

test('a group that waits for another is written after it, with its contacts, topic and counters', async () => {
  await accept({ channel: 'email', subject: 'First', message: 'First.', to: 'first@example.org' })
  const held = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const holder = db.engine.begin(async (tx) => {
    await tx`select from lanes where workspace_id = ${workspaceId} for update`
    held.resolve()
    await go.promise
  })
  await held.promise
  const one = group('one')
  await until('the first group to wait', async () => (await waiting()) === 1)
  const file = { filename: 'a.txt', content_type: 'text/plain', content: 'YQ==' }
  const two = group('two', { attachments: [file] })
  await until('the second group to wait', async () => (await waiting()) === 2)
  go.resolve()
  await holder
  const ids = [...(await one), ...(await two)].map(({ id }) => id)
  assert.equal(new Set(ids).size, 2 * EACH)
  assert.equal(await numberOf('messages where'), 2 * EACH + 1)
  assert.equal(await numberOf('message_contents where'), 2 * EACH + 1)
  assert.equal(await numberOf('message_attachments where'), EACH)
  assert.equal(await numberOf(`contact_identities where external_id like 'both-%' and`), EACH)
  assert.equal(
    await numberOf(`contact_addresses where address like '%-%@example.org' and`),
    2 * EACH,
  )
  assert.equal(await numberOf(`topics where key = 'both' and`), 1)
  const [counted] = await db.engine<{ n: number }[]>`
    select sum(n)::int as n from counts where workspace_id = ${workspaceId} and metric = 'accepted'
  `
  assert.equal(counted?.n, 2 * EACH + 1)
})

test('who writes files holds no lane until they are written', async () => {
  const held = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const holder = db.engine.begin(async (tx) => {
    await tx`lock table message_attachments in share row exclusive mode`
    held.resolve()
    await go.promise
  })
  await held.promise
  const file = { filename: 'a.txt', content_type: 'text/plain', content: 'YQ==' }
  const slow = group('slow', { attachments: [file] })
  await until('the group with files to wait', async () => (await waiting()) === 1)
  const quick = await group('quick')
  assert.equal(quick.length, EACH, 'the other group did not wait for it')
  go.resolve()
  await holder
  assert.equal((await slow).length, EACH)
})
