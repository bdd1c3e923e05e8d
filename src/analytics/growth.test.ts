/** Who joined and who left, through the running program; and that the sum is who is there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { startTestApp } from '../../test/helpers/app.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { recordConsent } from '../consent/record.ts'
import { remove } from '../consent/subject.ts'
import { countIn, noteGrowth } from '../contacts/growth.store.ts'
import { merge, unmerge } from '../contacts/merge.ts'
import { createContacts } from '../contacts/resolve.ts'
import { upsertContacts } from '../contacts/upsert.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type GrowthDay, growthByDay } from './growth.store.ts'

const world = await testDatabase()
const { call, keyFor } = await startTestApp(world, {})
const key = await keyFor('default')
const ask = async (method: string, path: string, body?: unknown) => {
  const { status, json, text } = await call(method, path, body, key)
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`)
  return json
}

test('who came and who went is told, and each leaves once', async () => {
  for (const name of ['ada', 'grace', 'mary', 'mary-2'])
    await ask('POST', '/contacts', { external_id: name, name })
  const no = { marketing: false }
  await ask('PUT', '/preferences/ada', no)
  await ask('PUT', '/preferences/ada', no)
  await ask('PUT', '/preferences/grace', { channels: { email: false } }) // of one channel: she stays
  await ask('DELETE', '/contacts/ada?erase=true') // left already
  const { id } = await ask('GET', '/contacts/mary')
  const { id: duplicate_id } = await ask('GET', '/contacts/mary-2')
  await ask('POST', `/contacts/${id}/merge`, { duplicate_id })
  await ask('POST', `/contacts/${id}/unmerge`, {})
  await ask('DELETE', `/contacts/${id}`)

  const { data, time_zone } = await ask('GET', '/analytics/growth?time_zone=Asia/Kathmandu')
  assert.equal(time_zone, 'Asia/Kathmandu')
  assert.ok(data.length >= 31)
  const sum = (what: string) =>
    data.reduce((all: number, day: Record<string, number>) => all + (day[what] ?? 0), 0)
  const changes = ['created', 'returned', 'unsubscribed', 'deleted', 'merged']
  assert.deepEqual(changes.map(sum), [4, 1, 1, 1, 1])
  assert.deepEqual(['joined', 'left', 'net'].map(sum), [5, 3, 2])
  for (const bad of ['time_zone=Nowhere', 'from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z'])
    assert.equal((await call('GET', `/analytics/growth?${bad}`, undefined, key)).status, 422, bad)
})

test('days are those of the zone, also where the clock changes, and none is left out', async () => {
  const workspaceId = await addWorkspace(world, 'days')
  const at = async (time: string) =>
    noteGrowth(world.db.engine, workspaceId, { change: 'new', n: 1 }, new Date(time))
  await at('2026-03-26T21:59:00Z') // Thursday 23:59 in Jerusalem
  await at('2026-03-26T22:01:00Z') // Friday, which has 23 hours
  await at('2026-03-27T20:59:00Z')
  await at('2026-03-27T21:00:00Z') // Saturday
  const days = (timeZone: string) =>
    growthByDay(world.db.engine, workspaceId, {
      ...{ from: new Date('2026-03-26T00:00:00Z'), to: new Date('2026-03-28T21:00:00Z'), timeZone },
    })
  const short = (rows: readonly GrowthDay[]) => rows.map(({ date, created }) => [date, created])
  assert.deepEqual(short(await days('Asia/Jerusalem')), [
    ...[['2026-03-26', 1] as const, ['2026-03-27', 2] as const, ['2026-03-28', 1] as const],
  ])
  assert.deepEqual(short(await days('UTC')), [
    ...[['2026-03-26', 2] as const, ['2026-03-27', 2] as const, ['2026-03-28', 0] as const],
  ])
})

const Who = fc.nat({ max: 3 })
const Act = fc.record({
  do: fc.constantFrom('make', 'upsert', 'delete', 'say', 'say', 'merge', 'unmerge'),
  who: Who,
  other: Who,
  granted: fc.boolean(),
  secondsAgo: fc.nat({ max: 2 }),
})
type Act = typeof Act extends fc.Arbitrary<infer A> ? A : never

async function act(workspaceId: string, what: Act): Promise<void> {
  world.clock.forward({ seconds: 1 })
  const now = world.clock.now()
  const externalIds = [`person-${what.who}`, `person-${what.other}`] as const
  await inWorkspace(world.db, workspaceId, async (tx) => {
    const idOf = async (recipientId: string) => {
      const [id = ''] = await createContacts(tx, [{ workspaceId, recipientId, kind: null }], now)
      return id
    }
    const upsert = { identities: [{ source: 'api', externalId: externalIds[0] }] }
    if (what.do === 'upsert')
      await upsertContacts(tx, workspaceId, [{ ...upsert, addresses: [], details: {} }], now)
    const id = await idOf(externalIds[0])
    if (what.do === 'delete') await remove(tx, workspaceId, id, now)
    if (what.do === 'say') {
      const { granted, secondsAgo } = what
      const at = new Date(now.getTime() - secondsAgo * 1_000)
      const consent = { contactId: id, topic: '*', channel: '*', granted, source: 'test', at }
      await recordConsent(tx, workspaceId, { ...consent, proof: {} }, now)
    }
    if (what.do === 'merge')
      await merge(tx, workspaceId, { keptId: id, duplicateId: await idOf(externalIds[1]) }, now)
    if (what.do === 'unmerge') await unmerge(tx, workspaceId, { keptId: id }, now)
  }).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error // the same contact, or nothing merged: undone
  })
}

test('whatever happens to contacts, the sum of all changes is how many are in', async () => {
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(Act, { minLength: 5, maxLength: 25 }), async (acts) => {
      const workspaceId = await addWorkspace(world, `growth-${++runs}`)
      for (const each of acts) await act(workspaceId, each)
      const to = new Date(world.clock.now().getTime() + 1)
      const range = { from: new Date('2026-03-01T00:00:00Z'), to, timeZone: 'UTC' }
      const days = await growthByDay(world.db.engine, workspaceId, range)
      const net = days.reduce(
        (sum, day) =>
          sum + day.created + day.returned - day.unsubscribed - day.deleted - day.merged,
        0,
      )
      const rows = await world.db.engine<{ id: string }[]>`
        select id from contacts where workspace_id = ${workspaceId}
      `
      const ids = rows.map(({ id }) => id)
      assert.equal(net, await countIn(world.db.engine, workspaceId, ids))
    }),
    { numRuns: 40 },
  )
})
