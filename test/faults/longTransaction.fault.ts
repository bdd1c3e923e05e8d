/** Somebody keeps a transaction open, so that nothing old can be cleared away, while the queue churns. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/db/db.ts'
import { findDue } from '../../src/messages/store/due.ts'
import { dueLanes } from '../../src/messages/store/lanes.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { startWebhookSink } from './webhookSink.ts'
import { faultWorld, hookTo } from './world.ts'

const ROUNDS = 6
const EACH = 4_000 // messages that come and go in a round, and leave what cannot be cleared away
const CLAIM_MS = 50 // of the half that is quickest: what the other half costs is the machine's business
const IDLE_MS = 10_000 // after which a transaction of ours that does nothing is ended

const world = await faultWorld()
const vendor = await startWebhookSink()
const stranger = connect(world.address, { max: 1 })
after(async () => {
  await stranger.end({ timeout: 0 })
  await vendor.close()
})

test('R28', async (t) => {
  const rounds = Promise.withResolvers<void>()
  const settings = hookTo(vendor.url)
  await world.addSender({ channel: 'webhook', provider: 'webhook', settings })
  const begun = stranger.begin('isolation level repeatable read', async (tx) => {
    await tx`select count(*) from messages`
    await rounds.promise
    await tx`select 1`
  })
  const worker = await world.startWorker()
  const ids: string[] = []
  const claims: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const items = Array.from({ length: EACH }, (_, n) => ({ channel: 'webhook', message: `${n}` }))
    ids.push(...(await world.accept(items)))
    for (let look = 0; look < 20; look++) {
      const now = world.db.clock.now()
      const [lane] = await dueLanes(world.db.engine, now, 1)
      const at = performance.now()
      if (lane)
        await findDue(world.db.engine, lane, {
          ...{ now, limit: 500, taken: [], share: { index: 0, of: 1 } },
        })
      claims.push(performance.now() - at)
    }
    await allSettled(world.db.engine, world.workspaceId)
  }
  rounds.resolve()
  await begun
  const calls = await vendor.calls()
  await checkInvariants(world.db.engine, {
    workspaceId: world.workspaceId,
    acknowledged: ids,
    received: calls.filter(({ again }) => !again).map(({ id }) => id),
  })
  assert.equal(await worker.stop(), 0, worker.output())
  const [table] = await world.db.engine<{ changed: number }[]>`
    select sum(n_tup_upd + n_tup_del)::int as changed from pg_stat_user_tables
  `
  claims.sort((a, b) => a - b)
  const half = Math.round(claims[Math.floor(claims.length / 2)] ?? 0)
  const p99 = Math.round(claims[Math.floor(claims.length * 0.99)] ?? 0)

  // One of ours that hangs holds up nobody for longer than its limit.
  const idle = world.db.engine.begin(async (tx) => {
    await tx`select * from messages where id = ${ids[0] ?? null}::uuid for update`
    await sleep(IDLE_MS + 3_000)
    await tx`select 1`
  })
  const ended = await idle.then(
    () => 'went on',
    (error: unknown) => String(Object(error).code),
  )
  t.diagnostic(
    `${ids.length} messages under an open transaction, ${table?.changed} changed rows kept: 0 lost, a look for what is due ${half} ms (p99 ${p99} ms); ` +
      `a transaction of ours that does nothing is ended (${ended})`,
  )
  assert.ok(half <= CLAIM_MS, `${half} ms`)
  assert.match(ended, /^(25P03|57P01|CONNECTION_\w+)$/)
})
