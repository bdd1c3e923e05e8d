/**
 * One process takes messages in and another sends them, and nothing tells the second of the first:
 * what is due is found by looking. There is no LISTEN whose connection could be lost; all
 * connections of the sender are cut now and then instead.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../helpers/api.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const MESSAGES = 40
const CUT_EVERY = 10
const FOUND_MS = 1_000 // by the next look at the latest
const TRAVEL_MS = 1_500 // rendering, SMTP, and reading the sink's book, on a busy machine
const RECONNECT_MS = 1_000

const world = await serverWorld({ linked: true })

test('R27', async (t) => {
  const taking = await world.start({ roles: 'serve' })
  const sending = await world.start({ roles: 'work' })
  const call = api(() => taking.url, KEY)
  const waits: number[] = []
  const afterCuts: number[] = []
  for (let n = 0; n < MESSAGES; n++) {
    const cut = n % CUT_EVERY === CUT_EVERY - 1
    if (cut) {
      world.link.cut()
      world.link.restore()
    }
    const { id, ms } = await until('an acceptance', async () => {
      const begun = performance.now()
      const mail = { to: `p${n}@example.org`, channel: 'email', subject: 'Hint', message: 'Hint.' }
      const key = { 'idempotency-key': `hint-${n}` }
      const { status, json } = await call('POST', '/notifications', mail, key)
      return status === 202 && { id: json.id as string, ms: begun } // as the API says
    })
    await until('its arrival', async () =>
      (await world.sink.arrivals()).some((each) => idOf(each) === id),
    )
    ;(cut ? afterCuts : waits).push(Math.round(performance.now() - ms))
  }
  for (const server of [taking, sending]) assert.equal(await server.stop(), 0, server.output())
  const slowest = Math.max(...waits)
  const slowestAfter = Math.max(...afterCuts)
  t.diagnostic(
    `${MESSAGES} messages taken in by one process and sent by another without a hint: ` +
      `from request to arrival at most ${slowest} ms, ${slowestAfter} ms when all connections had just been cut`,
  )
  assert.ok(slowest <= FOUND_MS + TRAVEL_MS, `${slowest} ms`)
  assert.ok(slowestAfter <= FOUND_MS + TRAVEL_MS + RECONNECT_MS, `${slowestAfter} ms after a cut`)
})
