/** Two transactions at one message: whoever waits must not lose what it came to write. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { until } from '../../../test/helpers/until.ts'
import { removeSender } from '../../channels/changeSender.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { acceptIn } from '../acceptIn.ts'
import { readFacts } from '../facts.ts'
import { prepare } from '../prepare.ts'
import { applyReceipts } from '../receipts.ts'
import { NewMessage } from '../schema.ts'
import { eraseMessagesOf } from './forget.ts'
import { intend } from './intend.ts'
import { renew } from './orphans.ts'
import { findMessage } from './read.ts'
import { type Settlement, settle } from './settle.ts'

const database = await testDatabase()
const { db } = database
const engine = await testEngine(database, { start: false })
const { workspaceId } = engine
const now = db.clock.now()

let n = 0
async function accepted() {
  const id = await engine.accept({
    ...{ channel: 'email', subject: 'Once', message: 'Once.' },
    ...{ to: `someone${++n}@example.org`, recipient_id: `someone${n}` },
  })
  const row = await findMessage(db.engine, workspaceId, id)
  assert.ok(row)
  return { ...row, kind: null, addressHash: null }
}

const leaseOf = () => ({
  ...{ id: randomUUID(), processId: randomUUID(), now },
  until: new Date(+now + 30_000),
})

const answerTo = (
  row: { id: string; contactId: string | null },
  lease: string,
  more: Partial<Settlement> = {},
): Settlement => ({
  ...{ workspaceId, id: row.id, lease, status: 'sent', channel: 'email', contactId: row.contactId },
  ...{ dueAt: null, reason: null, detail: null, providerMessageId: 'theirs', at: now },
  ...{ event: 'message.sent', eventId: uuid7(), properties: {}, ...more },
})

/** Runs `second` while the transaction of `first` holds the row, and only then lets it commit. */
async function meet<T>(
  first: (tx: typeof db.engine) => Promise<unknown>,
  second: () => PromiseLike<T>,
) {
  const held = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const one = db.engine.begin(async (tx) => {
    await first(tx as unknown as typeof db.engine)
    held.resolve()
    await go.promise
  })
  await held.promise
  const two = Promise.resolve(second()) // the driver asks when somebody waits
  two.catch(() => {}) // who called is told below
  await until('the second to wait for the row', async () => {
    const [row] = await db.engine`
      select count(*)::int as n from pg_locks l join pg_stat_activity a using (pid)
      where not l.granted and a.datname = current_database()
    `
    return row?.['n'] > 0
  })
  go.resolve()
  await one
  return two
}

test('an answer is written although its lease is being renewed', async () => {
  const row = await accepted()
  const lease = leaseOf()
  await intend(db.engine, [row], lease)
  const done = await meet(
    (tx) => renew(tx, [{ workspaceId, id: row.id, lease: lease.id }], new Date(+now + 60_000)),
    () => settle(db.engine, [answerTo(row, lease.id)], now),
  )
  assert.deepEqual(
    [...done].map(({ id }) => id),
    [row.id],
  )
  assert.equal((await findMessage(db.engine, workspaceId, row.id))?.status, 'sent')
})

test('what a quicker receipt said of a row stays, and the answer is noted', async () => {
  const row = await accepted()
  const lease = leaseOf()
  await intend(db.engine, [row], lease)
  const receipt = { workspaceId, messageId: row.id, at: now, source: 'smtp' }
  await meet(
    async (tx) =>
      applyReceipts(
        tx as unknown as Parameters<typeof applyReceipts>[0],
        [{ ...receipt, kind: 'bounced', detail: '5.1.1 no such user' }],
        now,
      ),
    () => settle(db.engine, [answerTo(row, lease.id)], now),
  )
  const settled = await findMessage(db.engine, workspaceId, row.id)
  assert.deepEqual(
    [settled?.status, settled?.reason, settled?.detail, settled?.providerMessageId],
    ['bounced', 'bounced', '5.1.1 no such user', 'theirs'],
  )
})

test('of two processes that read a row one gets it', async () => {
  const row = await accepted()
  const [ours, theirs] = await Promise.all([
    intend(db.engine, [row], leaseOf()),
    intend(db.engine, [row], leaseOf()),
  ])
  assert.equal(ours.length + theirs.length, 1)
})

test('a row that a receipt settled after it was read is not sent', async () => {
  const row = await accepted()
  const lease = leaseOf()
  await intend(db.engine, [row], lease)
  const again = { status: 'queued', dueAt: now, event: 'message.retried' } as const
  await settle(db.engine, [answerTo(row, lease.id, again)], now)
  const read = await findMessage(db.engine, workspaceId, row.id)
  assert.ok(read)
  await db.engine.begin((tx) =>
    applyReceipts(
      tx,
      [
        {
          ...{ workspaceId, messageId: row.id, kind: 'delivered', at: now },
          ...{ detail: null, source: 'smtp' },
        },
      ],
      now,
    ),
  )
  const intents = await intend(db.engine, [{ ...read, kind: null, addressHash: null }], leaseOf())
  assert.equal(intents.length, 0)
  assert.equal((await findMessage(db.engine, workspaceId, row.id))?.status, 'delivered')
})

test('who is erased while a message is on its way is never sent it again', async () => {
  const row = await accepted()
  const lease = leaseOf()
  await intend(db.engine, [row], lease)
  await db.engine.begin((tx) => eraseMessagesOf(tx, workspaceId, [row.contactId ?? ''], now))
  const again = { status: 'queued', dueAt: now, event: 'message.retried' } as const
  const done = await settle(db.engine, [answerTo(row, lease.id, again)], now)
  assert.equal([...done].length, 1, 'the answer still finds its row')
  const erased = await findMessage(db.engine, workspaceId, row.id)
  assert.deepEqual([erased?.status, erased?.reason, erased?.address], ['cancelled', 'erased', null])
})

for (const lane of ['that is new', 'that it used before'])
  test(`a sender is not deleted under a message that comes by a lane ${lane}`, async () => {
    const senderId = await smsSender()
    if (lane === 'that it used before') await emptyLane(senderId)
    const message = await preparedFor(senderId)
    await assert.rejects(
      meet(
        (tx) => acceptIn(tx as unknown as Parameters<typeof acceptIn>[0], message, now),
        () => remove(senderId),
      ),
      { code: 'conflict' },
    )
    assert.equal(await messagesOf(senderId), 1)
  })

for (const lane of ['that is new', 'that it used before'])
  test(`a message by a lane ${lane} is refused when its sender is deleted meanwhile`, async () => {
    const senderId = await smsSender()
    if (lane === 'that it used before') await emptyLane(senderId)
    const message = await preparedFor(senderId)
    await assert.rejects(
      meet(
        (tx) => remove(senderId, tx),
        () => db.engine.begin((tx) => acceptIn(tx, message, now)),
      ),
      { code: '23503' },
    )
    assert.equal(await messagesOf(senderId), 0)
  })

async function smsSender() {
  const id = await engine.addSender({ channel: 'sms', provider: 'sandbox', settings: {} })
  await db.engine`update senders set origin = 'member' where id = ${id}`
  return id
}

const remove = (senderId: string, tx?: typeof db.engine) => {
  const work = (sql: typeof db.engine) =>
    removeSender(sql, workspaceId, senderId, {
      actor: { kind: 'system', id: null, ip: null, requestId: null },
      now,
    })
  return tx ? work(tx) : db.engine.begin((own) => work(own as unknown as typeof db.engine))
}

const preparedFor = async (sender_id: string) => {
  const message = { channel: 'sms', recipient_id: 'racer', to: '+972501234567', message: 'x' }
  const item = NewMessage.parse({ ...message, sender_id })
  const facts = await readFacts(engine.directories, workspaceId, [item])
  return prepare(facts, item, { pointer: '', now })
}

/** A lane as one message leaves it that is gone since. */
async function emptyLane(senderId: string) {
  await db.engine.begin(async (tx) => acceptIn(tx, await preparedFor(senderId), now))
  await db.engine`delete from messages where sender_id = ${senderId}`
}

async function messagesOf(senderId: string) {
  const [row] = await db.engine`
    select count(*)::int as n from messages where sender_id = ${senderId}
  `
  return row?.['n']
}
