/** What is kept for its time goes, and what it added up to stays. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { trackingServer, trackingWorld } from '../../test/helpers/trackingWorld.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { trackingJobs } from './jobs.ts'
import { insertToldHits } from './store/hits.ts'

const base = await testDatabase()
const { db } = base
const DAY_MS = 86_400_000

async function upkeep(daysFromNow: number) {
  const now = new Date(Date.now() + daysFromNow * DAY_MS)
  const later = { ...db, clock: { ...db.clock, now: () => now } }
  const [run] = Object.values(trackingJobs({ db: later, eventMonths: 24, callbackDays: 45 }))
  await run?.(null, new AbortController().signal)
}

test('single opens go with their events; the sums stay and go on counting', async () => {
  const world = await trackingWorld(base)
  const { projector } = await trackingServer(base, world)
  const messageId = await world.addMessage({})
  const open = async () => {
    const hit = { id: uuid7(), messageId, kind: 'open', at: new Date(), purpose: null } as const
    await insertToldHits(db.engine, world.workspaceId, 'provider', [hit])
    await projector.runOnce()
  }
  const kept = async () => {
    const [row] = await db.engine<{ n: number; opens: number }[]>`
      select (select count(*)::int from engagements e where e.message_id = m.message_id) as n, opens
      from message_engagement m
      where message_id = ${messageId}
    `
    return row && { ...row }
  }
  await open()
  await upkeep(700)
  assert.deepEqual(await kept(), { n: 1, opens: 1 })
  await upkeep(800)
  assert.deepEqual(await kept(), { n: 0, opens: 1 })
  await open()
  assert.deepEqual(await kept(), { n: 1, opens: 2 })
})

test('processed callbacks go after their days, waiting ones never', async () => {
  const { workspaceId } = await trackingWorld(base)
  for (const status of ['processed', 'failed', 'received']) {
    await db.engine`
      insert into callbacks (workspace_id, id, source, key, method, headers, url, body, received_at, due_at, status)
      values (${workspaceId}, ${uuid7()}, 'provider', ${status}, 'POST', '{}', '/', '', now(), 'infinity', ${status})
    `
  }
  const statuses = async () => {
    const rows = await db.engine<{ status: string }[]>`
      select status from callbacks where workspace_id = ${workspaceId} order by status
    `
    return rows.map((row) => row.status)
  }
  await upkeep(44)
  assert.deepEqual(await statuses(), ['failed', 'processed', 'received'])
  await upkeep(46)
  assert.deepEqual(await statuses(), ['received'])
})
