/** A rare step among many runs: each page is bounded, and all are found. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testJourneys } from '../../test/helpers/journeys.ts'
import { inWorkspace } from '../db/db.ts'
import type { RunFilter } from './runs.store.ts'
import { SPAN, searchRuns } from './searchRuns.ts'

const database = await testDatabase()
const { db } = database
const world = await testJourneys(database)
const { engine, workspaceId } = world
const journey = await world.add({
  name: 'rare',
  trigger: { events: ['lead.added'] },
  steps: [{ id: 'day', type: 'wait', hours: 24 }],
})
const contactId = await world.addContact('c1', 'Ada', 'c1@example.org')
await world.record('lead.added', { contactId })
await engine.runOnce()
const [run] = await world.runs(journey)
const left = [{ step: 'day', did: 'went_on' }]
await db.engine`update journey_runs set trail = ${JSON.stringify(left)}::text::jsonb, version = 2 where id = ${run!.id}`
await db.engine`
  insert into journey_runs (workspace_id, id, journey_id, version, contact_id, key, status, failed_step, started_at)
  select workspace_id, uuidv7(interval '1 day' + n * interval '1 millisecond'), journey_id, 1, null,
    'k' || n, case when n % 2 = 0 then 'failed' else 'done' end, 'other', started_at
  from journey_runs cross join generate_series(1, ${SPAN + 1}::int) n where id = ${run!.id}
`

const none = { status: null, attention: false, contactId: null, key: null, before: null, limit: 3 }
const search = (filter: Partial<RunFilter>) =>
  inWorkspace(db, workspaceId, (tx) => searchRuns(tx, workspaceId, journey, { ...none, ...filter }))

const rare: readonly Partial<RunFilter>[] = [{ left: 'day' }, { version: 2 }, { status: 'waiting' }]
for (const filter of rare)
  test(`a page may be short and say where to go on: ${JSON.stringify(filter)}`, async () => {
    const first = await search(filter)
    assert.equal(first.rows.length, 0)
    assert.ok(first.stoppedAt, 'it stopped on the way')
    const second = await search({ ...filter, before: first.stoppedAt })
    assert.deepEqual([second.rows.map(({ id }) => id), second.stoppedAt], [[run!.id], null])
  })

test('what an index leads to needs one page, and what failed is looked for among what failed', async () => {
  const swift: readonly (readonly [Partial<RunFilter>, number])[] = [
    [{}, 3],
    [{ status: 'done' }, 3],
    [{ status: 'held' }, 0],
    [{ key: 'k1' }, 1],
    [{ contactId, left: 'day' }, 1],
    [{ failed: 'day' }, 0],
    [{ attention: true }, 0],
  ]
  for (const [filter, rows] of swift) {
    const found = await search(filter)
    assert.deepEqual([found.rows.length, found.stoppedAt], [rows, null], JSON.stringify(filter))
  }
})
