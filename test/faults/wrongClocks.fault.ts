/** Two servers whose clocks are an hour fast and an hour slow, and jump while they work. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { api } from '../helpers/api.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const HOUR_MS = 3_600_000
const EACH = 200 // messages for each due time
const DUE_IN_MS = [4_000, 8_000, 12_000]
const JUMP_AFTER_MS = 6_000
const LATE_MS = 5_000
const SAME_MS = 50 // by which two clocks of one machine may be read apart

const world = await serverWorld()

test('R15', async (t) => {
  const NODE_OPTIONS = `--import ${new URL('./shiftedClock.ts', import.meta.url).href}`
  const [fast, slow] = await Promise.all(
    [HOUR_MS, -HOUR_MS].map((shift) =>
      world.start({
        env: {
          ...{ NODE_OPTIONS, BECKON_CLOCK_SHIFT_MS: String(shift) },
          BECKON_CLOCK_JUMP_MS: String(2 * shift),
        },
      }),
    ),
  )
  assert.ok(fast && slow)
  const due = new Map<string, number>()
  const ids: string[] = []
  for (const [at, server] of [fast, slow].entries()) {
    const call = api(() => server.url, KEY)
    for (const wait of DUE_IN_MS) {
      const when = Date.now() + wait
      const batch = Array.from({ length: EACH / 2 }, (_, n) => ({
        ...{
          to: `p${at}-${wait}-${n}@example.org`,
          channel: 'email',
          subject: 'Due',
          message: 'Due.',
        },
        scheduled_at: new Date(when).toISOString(),
      }))
      const { status, json } = await call('POST', '/notifications', batch)
      assert.equal(status, 202, JSON.stringify(json))
      for (const { id } of json.data) {
        due.set(id, when)
        ids.push(id)
      }
    }
  }
  await sleep(JUMP_AFTER_MS)
  for (const server of [fast, slow]) process.kill(server.pid, 'SIGUSR2')
  await sleep(Math.max(...DUE_IN_MS) - JUMP_AFTER_MS)
  const later = Date.now() + 3_000
  const call = api(() => slow.url, KEY)
  const after = await call('POST', '/notifications', {
    ...{ to: 'last@example.org', channel: 'email', subject: 'Due', message: 'Due.' },
    scheduled_at: new Date(later).toISOString(),
  })
  assert.equal(after.status, 202, JSON.stringify(after.json))
  due.set(after.json.id, later)
  ids.push(after.json.id)
  await sleep(4_000)
  const workspaceId = await world.workspaceId()
  await allSettled(world.db.engine, workspaceId)
  const arrivals = await world.sink.arrivals()
  const late = arrivals.map((each) => each.at - (due.get(idOf(each)) ?? 0))
  const verdict = await checkInvariants(world.db.engine, {
    ...{ workspaceId, acknowledged: ids, received: arrivals.map(idOf) },
  })
  for (const server of [fast, slow]) assert.equal(await server.stop(), 0, server.output())
  const early = late.filter((ms) => ms < -SAME_MS)
  assert.deepEqual(early, [], 'before they were due')
  assert.equal(verdict.sent, ids.length)
  const latest = Math.max(...late)
  assert.ok(latest <= LATE_MS, `${latest} ms late`)
  t.diagnostic(
    `${ids.length} scheduled messages, clocks an hour fast and slow that jump by two: 0 early, 0 twice, at most ${Math.round(latest)} ms late`,
  )
})
