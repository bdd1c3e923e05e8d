/** Thousands unsubscribe while mail of the topic is going out: who was answered before their mail left gets none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../helpers/api.ts'
import { chance, seedOf } from '../helpers/random.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const PEOPLE = 10_000
const LEAVERS = 2_000
const CLIENTS = 8
const DUE_IN_MS = 15_000
const ON_ITS_WAY_MS = 5_000 // from the intent, which came before, to the recipient's server; on a busy machine

const world = await serverWorld({ thinkMs: 2 })

test('R24', async (t) => {
  const random = chance(seedOf())
  const servers = [await world.start(), await world.start()]
  const call = api(() => servers[0]?.url ?? '', KEY)
  const topic = { key: 'news', name: 'News', kind: 'marketing' }
  assert.equal((await call('POST', '/topics', topic)).status, 201)
  const ids: string[] = []
  // All at once, when all are in.
  const scheduled_at = new Date(Date.now() + DUE_IN_MS).toISOString()
  for (let at = 0; at < PEOPLE; at += 1_000) {
    const batch = Array.from({ length: 1_000 }, (_, n) => ({
      ...{ recipient_id: `person-${at + n}`, channel: 'email', to: `person${at + n}@example.org` },
      ...{ subject: 'News', message: 'News.', category: 'news' },
      scheduled_at,
    }))
    const { status, json } = await call('POST', '/notifications', batch)
    assert.equal(status, 202, JSON.stringify(json))
    for (const { id } of json.data) ids.push(id)
  }
  // Some of those whose turn comes late, in no order.
  const leavers = new Set<number>()
  while (leavers.size < LEAVERS) leavers.add(random.between(0, PEOPLE - 1))
  const order = [...leavers].sort((a, b) => b - a)
  await until('some mail', async () => (await world.sink.arrivals()).length > 0)
  let next = 0
  /** By address, when the answer came that said it is done. */
  const left = new Map<string, number>()
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const ask = api(() => servers[client % servers.length]?.url ?? '', KEY)
      while (next < order.length) {
        const person = order[next++] ?? 0
        const { status, json } = await ask('PUT', `/preferences/person-${person}/unsubscribe`, {
          category: 'news',
        })
        assert.equal(status, 200, JSON.stringify(json))
        left.set(`person${person}@example.org`, Date.now())
      }
    }),
  )
  const perMinute = Math.round((left.size / (performance.now() - begun)) * 60_000)
  const workspaceId = await world.workspaceId()
  await allSettled(world.db.engine, workspaceId)
  const arrivals = await world.sink.arrivals()
  const verdict = await checkInvariants(world.db.engine, {
    ...{ workspaceId, acknowledged: ids, received: arrivals.map(idOf) },
  })
  const late = arrivals.flatMap(({ at, to }) => {
    const since = at - (left.get(to[0] ?? '') ?? Number.POSITIVE_INFINITY)
    return since > 0 ? [since] : []
  })
  const arrived = new Set(arrivals.map(({ to }) => to[0]))
  const spared = [...left.keys()].filter((address) => !arrived.has(address)).length
  for (const server of servers) assert.equal(await server.stop(), 0, server.output())
  assert.equal(arrivals.length + spared, PEOPLE)
  assert.ok(spared > 0, 'all mail was out before anybody left')
  const latest = Math.round(Math.max(0, ...late))
  assert.ok(latest <= ON_ITS_WAY_MS, `mail came ${latest} ms after its reader had left`)
  t.diagnostic(
    `${PEOPLE} mails, ${left.size} readers leave meanwhile, ${perMinute} a minute: ${spared} got none, ` +
      `${late.length} were on their way already (the last arrived ${latest} ms after the answer), 0 later, ${verdict.unknown} unknown`,
  )
})
