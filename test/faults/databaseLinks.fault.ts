/** The link to PostgreSQL goes silent without a word, or becomes slow. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { api } from '../helpers/api.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const SILENT_MS = 45_000
const ANSWER_MS = 20_000 // within which whoever asks is told that it does not work
const BACK_MS = 25_000 // after a router has forgotten its connections and takes new ones
const LEASE_MS = 35_000
const LATE_MS = 100 // in each direction
const SLOW_P99_MS = 2_000 // a group of four exchanges that waits for another one takes 1,600
const SLOW_REQUESTS = 200

const world = await serverWorld({ linked: true, thinkMs: 5 })

test('R06, R07', async (t) => {
  const server = await world.start()
  const call = api(() => server.url, KEY)
  const accepted: string[] = []
  const mail = (n: number) => ({
    ...{ to: `p${n}@example.org`, channel: 'email', subject: 'Once', message: 'Once.' },
  })
  const post = async (n: number) => {
    const begun = performance.now()
    const answer = await call('POST', '/notifications', mail(n)).catch(() => null)
    if (answer?.status === 202) accepted.push(answer.json.id)
    return { status: answer?.status ?? 0, ms: performance.now() - begun }
  }
  for (let n = 0; n < 100; n++) assert.equal((await post(n)).status, 202)

  // A slow link first.
  world.link.delay(LATE_MS)
  const slow = await Promise.all(
    Array.from({ length: SLOW_REQUESTS }, async (_, n) => {
      await sleep(n * 40)
      return post(n % 100)
    }),
  )
  const times = slow.map(({ ms }) => ms).sort((a, b) => a - b)
  const p99 = Math.round(times[Math.floor(times.length * 0.99)] ?? 0)
  assert.deepEqual(new Set(slow.map(({ status }) => status)), new Set([202]))
  const health = await call('GET', '/health')
  assert.equal(health.status, 200)
  world.link.delay(0)
  await allSettled(world.db.engine, await world.workspaceId())

  // Then silence, while somebody asks and something is being sent.
  const batch = Array.from({ length: 1_000 }, (_, n) => mail(10_000 + n))
  accepted.push(
    ...(await call('POST', '/notifications', batch)).json.data.map(({ id }: { id: string }) => id),
  )
  await until('some to be sent', async () => (await world.sink.arrivals()).length > 350)
  world.link.silence()
  const silentAt = performance.now()
  const asked: { status: number; ms: number }[] = []
  let asking = true
  t.after(() => {
    asking = false
  })
  const clients = Array.from({ length: 4 }, async (_, client) => {
    for (let n = 0; asking; n++) {
      asked.push(await post(100_000 * (client + 1) + n))
      await sleep(200)
    }
  })
  await sleep(SILENT_MS)
  const refused = asked.length
  const slowest = Math.round(Math.max(...asked.map(({ ms }) => ms)))
  world.link.forget()
  const forgottenAt = performance.now()
  const succeeded = asked.length
  await until(
    'a success',
    () => asked.slice(succeeded).some(({ status }) => status === 202),
    60_000,
  )
  const backMs = Math.round(performance.now() - forgottenAt)
  asking = false
  await Promise.all(clients)
  await allSettled(world.db.engine, await world.workspaceId())
  const settledMs = Math.round(performance.now() - forgottenAt)
  const verdict = await checkInvariants(world.db.engine, {
    workspaceId: await world.workspaceId(),
    acknowledged: accepted,
    received: (await world.sink.arrivals()).map(idOf),
  })
  t.diagnostic(
    `every exchange ${2 * LATE_MS} ms late: ${SLOW_REQUESTS} requests answered 202, p99 ${p99} ms; ` +
      `${SILENT_MS / 1000} s of silence: ${refused} requests told so, the slowest after ${slowest} ms; ` +
      `first success ${backMs} ms and all leases settled ${settledMs} ms after new connections passed again; ` +
      `${accepted.length} acknowledged, 0 lost, 0 twice, ${verdict.unknown} unknown; silent for ${Math.round((forgottenAt - silentAt) / 1000)} s`,
  )
  assert.ok(p99 <= SLOW_P99_MS, `p99 ${p99} ms on a slow link`)
  assert.ok(refused > 0 && slowest <= ANSWER_MS, `nobody was told for ${slowest} ms`)
  assert.ok(backMs <= BACK_MS, `${backMs} ms until a success`)
  assert.ok(settledMs <= LEASE_MS, `leases stuck for ${settledMs} ms`)
  assert.equal(await server.stop(), 0, server.output())
})
