import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { connect } from '../db/db.ts'
import { eventJobs } from './jobs.ts'
import { dropOldPartitions, ensurePartitions } from './partitions.ts'
import { recordEvents } from './record.ts'

const world = await testDatabase()
const { db, clock } = world
const workspaceId = await addWorkspace(world, 'analytical-engines')
const owner = connect(world.address, { max: 2 })
after(() => owner.end())

const record = (at: Date) =>
  recordEvents(
    db.engine,
    [
      {
        workspaceId,
        name: 'x.happened',
        contactId: null,
        messageId: null,
        at,
        source: 'test',
        properties: {},
      },
    ],
    at,
  )
const count = async (table: string) => (await owner`select from ${owner(table)}`).count

test('partitions are made ahead, take over what the default one held, and are made once', async () => {
  await record(clock.now())
  assert.equal(await count('events_default'), 1)
  const made = await Promise.all([
    ensurePartitions(owner, clock.now()),
    ensurePartitions(owner, clock.now()),
  ])
  assert.deepEqual(made.flat(), ['events_2026_03', 'events_2026_04', 'events_2026_05'])
  await record(new Date('2026-04-01T00:00:00Z'))
  assert.deepEqual(
    await Promise.all(['events_default', 'events_2026_03', 'events_2026_04'].map(count)),
    [0, 1, 1],
  )
  assert.equal((await db.engine`select from events`).count, 2)
})

test('retention drops whole months and what lies outside them', async () => {
  await record(new Date('2025-01-01T00:00:00Z'))
  assert.deepEqual(await dropOldPartitions(owner, 2, new Date('2026-05-31T00:00:00Z')), [])
  assert.deepEqual(await dropOldPartitions(owner, 2, new Date('2026-06-01T00:00:00Z')), [
    'events_2026_03',
  ])
  assert.equal((await db.engine`select from events`).count, 1)
})

test('a partition is reached through its table only', async () => {
  await assert.rejects(db.engine`select from events_2026_04`, /permission denied/)
})

test('the upkeep makes months ahead and forgets keys with their events', async () => {
  const at = new Date('2024-01-01T00:00:00Z')
  const old = {
    workspaceId,
    name: 'x.happened',
    contactId: null,
    messageId: null,
    at,
    source: 'test',
    properties: {},
    key: 'old',
  }
  await recordEvents(db.engine, [old], at)
  await recordEvents(db.engine, [{ ...old, key: 'new' }], clock.now())
  const handlers = eventJobs({ db, ownerAddress: world.address, retentionMonths: 3 })
  await handlers['events.upkeep']!({}, new AbortController().signal)
  const keys = await db.engine`select key from event_keys`
  assert.deepEqual(
    keys.map((row) => row['key']),
    ['new'],
  )
})
