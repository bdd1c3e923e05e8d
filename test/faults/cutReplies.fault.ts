/** Answers that never reach who asked, and a server that dies before it can answer. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { request } from 'undici'
import { allOf, api } from '../helpers/api.ts'
import type { ServerProcess } from '../helpers/process.ts'
import { chance, seedOf } from '../helpers/random.ts'
import { startCutProxy } from './cutProxy.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const REQUESTS = 1_000
const AT_ONCE = 8
const KILLS = 3
const LONGEST_ANSWER = 900 // bytes, headers included; many cuts fall behind its end and hurt nobody

const world = await serverWorld()

test('R02', async (t) => {
  const random = chance(seedOf())
  let server: ServerProcess = await world.start()
  const proxy = await startCutProxy(
    () => server.url,
    () => (random.next() < 0.5 ? random.between(0, LONGEST_ANSWER) : null),
  )
  after(() => proxy.close())
  const killAt = new Set(Array.from({ length: KILLS }, () => random.between(50, REQUESTS - 50)))
  const first = new Map<number, string>()
  let attempts = 0
  let replayed = 0

  const ask = async (n: number): Promise<void> => {
    for (;;) {
      attempts++
      const answer = await post(proxy.url, n).catch(() => null) // cut, or nobody there
      if (!answer || answer.status === 409 || answer.status === 503) continue
      assert.equal(answer.status, 202, answer.text)
      const { id } = JSON.parse(answer.text)
      assert.equal(first.get(n) ?? id, id, 'the same key led to another message')
      first.set(n, id)
      if (answer.replayed) replayed++
      return
    }
  }
  let next = 0
  let restarting: Promise<void> = Promise.resolve()
  const client = async () => {
    while (next < REQUESTS) {
      const n = next++
      if (killAt.delete(n)) {
        restarting = restarting.then(async () => {
          await server.kill()
          server = await world.start()
        })
      }
      await ask(n)
      await restarting
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  await restarting
  for (const n of [...first.keys()].slice(0, 100)) await ask(n) // replays, as long as the day is young

  const all = await allOf(
    api(() => server.url, KEY),
    '/notifications',
  )
  assert.equal(all.length, REQUESTS)
  assert.deepEqual(new Set(all.map(({ id }) => id)), new Set(first.values()))
  assert.equal(await server.stop(), 0, server.output())
  t.diagnostic(
    `${REQUESTS} requests, ${attempts} attempts, ${proxy.cuts} answers cut, ${KILLS} kills: ` +
      `${all.length} messages, 0 duplicates, ${replayed} answers replayed under the same id`,
  )
})

async function post(url: string, n: number) {
  const answer = await request(`${url}/notifications`, {
    method: 'POST',
    reset: true, // a connection for each, so that each has its own cut
    headers: {
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'idempotency-key': `request-${n}`,
    },
    body: JSON.stringify({ channel: 'in_app', recipient_id: `person-${n % 50}`, message: `${n}` }),
  })
  const text = await answer.body.text()
  return {
    status: answer.statusCode,
    text,
    replayed: answer.headers['idempotent-replayed'] === 'true',
  }
}
