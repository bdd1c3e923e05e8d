/** Eight claimers at one table, and then engines at one queue. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { openDb } from '../../src/db/db.ts'
import { findDue } from '../../src/messages/store/due.ts'
import { intend } from '../../src/messages/store/intend.ts'
import { dueLanes } from '../../src/messages/store/lanes.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { startWebhookSink } from './webhookSink.ts'
import { faultWorld, hookTo } from './world.ts'

const CLAIMERS = 8
const ROWS = 10_000
const QUANTUM = 100
const ENGINES = 4
const MORE = 4_000

const world = await faultWorld()
const vendor = await startWebhookSink()
after(() => vendor.close())

const items = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ channel: 'webhook', message: `Number ${n}` }))

test('R19', async (t) => {
  const settings = hookTo(vendor.url)
  await world.addSender({ channel: 'webhook', provider: 'webhook', settings })
  const ids = await world.accept(items(ROWS))
  const claimed = (await Promise.all(Array.from({ length: CLAIMERS }, claimAll))).flat()
  assert.equal(claimed.length, ROWS)
  assert.equal(new Set(claimed.map(({ id }) => id)).size, ROWS, 'claimed twice')
  const slowest = Math.max(...claimed.map(({ ms }) => ms))

  // The rows of those claimers stay as they are; engines do the same race with everything around it.
  await world.db.engine`
    update messages set status = 'queued', attempt = 0, due_at = now(), lease = null, leased_by = null where id = any(${ids}::uuid[])
  `
  await world.db.engine`update lanes set next_due = now(), touched = touched + 1`
  const workers = await Promise.all(Array.from({ length: ENGINES }, () => world.startWorker()))
  const more = await world.accept(items(MORE))
  await allSettled(world.db.engine, world.workspaceId)
  for (const worker of workers) assert.equal(await worker.stop(), 0, worker.output())
  const calls = await vendor.calls()
  assert.equal(calls.filter(({ again }) => again).length, 0, 'sent twice')
  const verdict = await checkInvariants(world.db.engine, {
    workspaceId: world.workspaceId,
    acknowledged: [...ids, ...more],
    received: calls.map(({ id }) => id),
  })
  assert.equal(verdict.sent, ROWS + MORE)
  const troubles = workers.filter((worker) => /deadlock|40P01/.test(worker.output())).length
  t.diagnostic(
    `${CLAIMERS} claimers, ${ROWS} rows: each claimed once, slowest claim ${slowest} ms; ` +
      `${ENGINES} engines, ${ROWS + MORE} messages: 0 sent twice, ${troubles} processes saw a deadlock`,
  )
})

/** Reads what is due, as the others do, and keeps what its intents got. */
async function claimAll() {
  const db = await openDb(world.address, { connections: 2 })
  const mine: { id: string; ms: number }[] = []
  const [processId, share] = [randomUUID(), { index: 0, of: 1 }]
  try {
    for (;;) {
      const now = db.clock.now()
      const [lane] = await dueLanes(db.engine, now, 1)
      if (!lane) throw new Error('the lane is gone')
      const begun = performance.now()
      const rows = await findDue(db.engine, lane, { now, limit: QUANTUM, taken: [], share })
      if (rows.length === 0) return mine
      const wanted = rows.map((row) => ({ ...row, kind: null, addressHash: null }))
      const lease = { id: randomUUID(), processId, now, until: new Date(+now + 600_000) }
      const got = await intend(db.engine, wanted, lease)
      const ms = Math.round(performance.now() - begun)
      mine.push(...got.filter(({ gone }) => gone).map(({ id }) => ({ id, ms })))
    }
  } finally {
    await db.close()
  }
}
