/**
 * Everything at once, for a while: servers are killed, replaced and frozen, the link to the database is cut,
 * slow and silent, while clients hand in mail and repeat what was not answered.
 * BECKON_SOAK_SECONDS makes it as long as a night.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { chance, seedOf } from '../helpers/random.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const SECONDS = Number(process.env['BECKON_SOAK_SECONDS'] ?? 90)
const CLIENTS = 4
const BATCH = 10
const PATIENCE_MS = 30_000 // of a client with one request
const DEAD_MS = 60_000 // after a silence there may be connections that nobody knows to be dead
const IN_FLIGHT = 400 // messages of one process between intent and answer, as in crash.ts

const world = await serverWorld({ linked: true, thinkMs: 1 })

test('R33', async (t) => {
  const random = chance(seedOf())
  const servers = [await world.start(), await world.start()]
  const events = new Map<string, number>()
  const acknowledged: string[] = []
  const perSecond = new Map<number, number>()
  const strange: string[] = []
  const begun = performance.now()
  const now = () => Math.floor((performance.now() - begun) / 1_000)
  let running = true
  let over = false // nobody goes on asking servers that are gone
  t.after(() => {
    over = true
    running = false
  })

  const client = async (name: number) => {
    for (let n = 0; running; n++) {
      const body = Array.from({ length: BATCH }, (_, at) => ({
        ...{ to: `p${name}-${n}-${at}@example.org`, channel: 'email' },
        ...{ subject: 'Soak', message: 'Soak.' },
      }))
      // Until it is answered: after the end too, so that nothing is in doubt.
      for (let tries = 0; !over; tries++) {
        const answer = await post(servers[tries % 2]?.url ?? '', body, `soak-${name}-${n}`)
        if (answer.status === 202) {
          for (const { id } of JSON.parse(answer.text).data) acknowledged.push(id)
          perSecond.set(now(), (perSecond.get(now()) ?? 0) + BATCH)
          break
        }
        if (![0, 409, 503].includes(answer.status)) {
          strange.push(`${answer.status} ${answer.text.slice(0, 300)}`)
          break
        }
        await sleep(50)
      }
      await sleep(20)
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)))
  let deaths = 0
  let silentAt = Number.NEGATIVE_INFINITY
  let cutShort = 0 // stops that took more than their time, which is as good as a kill
  const nemeses: Record<string, () => Promise<void>> = {
    async kill() {
      const at = random.between(0, 1)
      await servers[at]?.kill()
      deaths++
      servers[at] = await world.start()
    },
    async replace() {
      const at = random.between(0, 1)
      const leaving = servers[at]
      const code = await leaving?.stop()
      // Each dead connection takes some 10 s to be noticed; several in a row are more than a stop may take.
      const excused = performance.now() - silentAt < DEAD_MS
      assert.ok(code === 0 || (code === 1 && excused), `exit ${code}: ${leaving?.output()}`)
      if (code === 1) cutShort++
      servers[at] = await world.start()
    },
    async freeze() {
      const pid = servers[random.between(0, 1)]?.pid ?? 0
      process.kill(pid, 'SIGSTOP')
      await sleep(random.between(500, 6_000))
      process.kill(pid, 'SIGCONT')
    },
    async cut() {
      world.link.cut()
      await sleep(random.between(100, 3_000))
      world.link.restore()
    },
    async slow() {
      world.link.delay(random.between(20, 150))
      await sleep(4_000)
      world.link.delay(0)
    },
    async silence() {
      silentAt = performance.now()
      world.link.silence()
      await sleep(500)
      world.link.forget()
    },
  }
  while (now() < SECONDS) {
    await sleep(random.between(1_000, 4_000))
    const name = random.pick(Object.keys(nemeses))
    events.set(name, (events.get(name) ?? 0) + 1)
    await nemeses[name]?.()
  }
  running = false
  await clients
  const workspaceId = await world.workspaceId()
  await allSettled(world.db.engine, workspaceId)
  const verdict = await checkInvariants(world.db.engine, {
    ...{ workspaceId, acknowledged, received: (await world.sink.arrivals()).map(idOf) },
  })
  for (const server of servers) assert.equal(await server.stop(), 0, server.output())
  assert.deepEqual(strange, [])
  assert.equal(verdict.other, 0)
  assert.ok(verdict.unknown <= (deaths + cutShort + (events.get('silence') ?? 0)) * IN_FLIGHT)
  const told = [...events].map(([name, n]) => `${name} × ${n}`).join(', ')
  t.diagnostic(
    `${SECONDS} s of ${told}: ${acknowledged.length} messages acknowledged, 0 lost, 0 received twice, ${verdict.unknown} unknown`,
  )
})

async function post(url: string, body: unknown, key: string) {
  const answer = await request(`${url}/notifications`, {
    method: 'POST',
    headersTimeout: PATIENCE_MS,
    bodyTimeout: PATIENCE_MS,
    headers: {
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  }).catch(() => null)
  return {
    status: answer?.statusCode ?? 0,
    text: (await answer?.body.text().catch(() => '')) ?? '',
  }
}
