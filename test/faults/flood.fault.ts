/** One workspace hands in far more than its share; another goes on as if nothing were. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { api } from '../helpers/api.ts'
import { until } from '../helpers/until.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const PER_SECOND = 200
const FLOODERS = 16
const FLOOD_MS = 10_000
const ASKED = 60 // requests of the other workspace, before and during the flood
const ARRIVED_MS = 5_000

const world = await serverWorld()

test('R26', async (t) => {
  const server = await world.start()
  const operator = api(() => server.url, KEY)
  const made = await operator('POST', '/workspaces', { slug: 'flood', name: 'Flood' })
  assert.equal(made.status, 201, JSON.stringify(made.json))
  const limit = { accept_per_second: PER_SECOND }
  const limited = await operator('PUT', `/workspaces/${made.json.id}`, limit)
  assert.equal(limited.status, 200, JSON.stringify(limited.json))
  const flooder = (n: number) =>
    operator(
      'POST',
      '/notifications',
      Array.from({ length: 10 }, (_, at) => ({
        ...{ channel: 'in_app', recipient_id: `f${n}-${at}`, message: 'Flood.' },
      })),
      { 'x-workspace': 'flood' },
    )
  const quiet = async () => {
    const times: number[] = []
    for (let n = 0; n < ASKED; n++) {
      const begun = performance.now()
      const mail = {
        to: `q${n}@example.org`,
        channel: 'email',
        subject: 'Quiet',
        message: 'Quiet.',
      }
      const { status, json } = await operator('POST', '/notifications', mail)
      assert.equal(status, 202, JSON.stringify(json))
      times.push(performance.now() - begun)
      await sleep(50)
    }
    return times.sort((a, b) => a - b)[Math.floor(ASKED * 0.95)] ?? 0
  }
  await quiet() // warm
  const before = await quiet()

  const end = performance.now() + FLOOD_MS
  const statuses = new Map<number, number>()
  let accepted = 0
  let told: unknown
  const flood = Promise.all(
    Array.from({ length: FLOODERS }, async (_, client) => {
      for (let n = 0; performance.now() < end; n++) {
        const { status, headers, json } = await flooder(client * 100_000 + n)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (status === 202) accepted += json.data.length
        if (status === 429) told ??= headers['retry-after']
      }
    }),
  )
  const during = await quiet()
  await flood
  const last = performance.now()
  await until(
    'the other workspace’s mail',
    async () => (await world.sink.arrivals()).length >= 3 * ASKED,
  )
  const arrivedMs = Math.round(performance.now() - last)
  assert.equal(await server.stop(), 0, server.output())
  const refused = statuses.get(429) ?? 0
  t.diagnostic(
    `${[...statuses.values()].reduce((sum, n) => sum + n, 0)} requests flood in, ${refused} of them 429 with Retry-After: ${told}, ` +
      `${accepted} messages taken in ${FLOOD_MS / 1000} s where ${PER_SECOND} a second are allowed; ` +
      `p95 of the other workspace ${Math.round(before)} ms before, ${Math.round(during)} ms during, its mail out ${arrivedMs} ms after`,
  )
  assert.deepEqual([...statuses.keys()].sort(), [202, 429])
  assert.match(String(told), /^\d+$/)
  const most = PER_SECOND * (FLOOD_MS / 1_000 + 2) + FLOODERS * 10
  assert.ok(accepted <= most, `${accepted} taken, ${most} allowed`)
  assert.ok(arrivedMs <= ARRIVED_MS)
})
