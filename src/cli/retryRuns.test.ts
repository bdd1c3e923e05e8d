import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testJourneys } from '../../test/helpers/journeys.ts'
import { Misconfigured } from '../errors.ts'
import { listJourneysInNeed } from '../journeys/health.store.ts'
import { retryRuns } from './retryRuns.ts'

const database = await testDatabase()
const { db } = database
const world = await testJourneys(database)
const said: { value: unknown; text: string }[] = []
const result = (value: unknown, text: () => string) => void said.push({ value, text: text() })
const tool = { db, workspace: async () => ({ id: world.workspaceId }), out: { result } }

test('what failed is taken up again, and of the others it is said why they are not', async () => {
  await world.add({
    name: 'mixed',
    trigger: { events: ['case.opened'], contact: 'none', key: '{{ event.n }}' },
    steps: [
      {
        ...{ id: 'kind', type: 'branch' },
        cases: [{ when: { field: 'event.n', is: 'equals', value: 3 }, goto: 'no_phone' }],
      },
      {
        id: 'act',
        type: 'act',
        connector: 'monday',
        action: 'read_status',
        params: {},
        next: null,
      },
      { id: 'no_phone', type: 'exit', reason: 'No phone', attention: true },
    ],
  })
  await world.add({
    name: 'ends',
    trigger: { events: ['case.ended'], contact: 'none' },
    steps: [{ id: 'no_phone', type: 'exit', reason: 'No phone', attention: true }],
  })
  world.act = () => Promise.reject(new Misconfigured('The token has expired.'))
  for (const n of [1, 2, 3]) await world.record('case.opened', { properties: { n } })
  await world.record('case.ended', {})
  await world.engine.runOnce()
  world.act = async () => ({})
  await world.record('case.opened', { properties: { n: 2 } })
  await world.engine.runOnce()
  const needy = await listJourneysInNeed(db.engine, 10)
  assert.deepEqual(
    needy.map(({ name, runs, retriable }) => [name, runs, retriable]),
    [
      ['mixed', 3, true],
      ['ends', 1, false],
    ],
  )
  await retryRuns(tool, 'mixed', {})
  const other = 'Another run of the same key has begun since.'
  const ended = 'It ended by an exit step. Begin another once that is mended.'
  assert.deepEqual(said[0], {
    value: { retried: 1, left: 2, why: { [ended]: 1, [other]: 1 } },
    text: `1 taken up again.\n1 left as they are: ${ended}\n1 left as they are: ${other}`,
  })
})
