import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testJourneys } from '../../../test/helpers/journeys.ts'
import { type JourneyWorker, startJourneyWorker } from '../../../test/helpers/journeyWorkers.ts'
import { chance } from '../../../test/helpers/random.ts'
import { until } from '../../../test/helpers/until.ts'
import { recordEvents } from '../../events/record.ts'

const RUNS = 600
const KILLS = 4
const STEPS = 4
const PATIENCE_MS = 240_000 // a call whose process hangs is leased for 90 s

const database = await testDatabase()
const { db, clock } = database
const world = await testJourneys(database)
const { workspaceId } = world

const stepsTaken = async () => {
  const [row] = await db.engine<{ n: number }[]>`
    select count(*)::int as n from events where workspace_id = ${workspaceId} and name = 'journey.step'
  `
  return row?.n ?? 0
}

test('Two processes that are killed again and again leave every run before a step or after it', async () => {
  const journey = await world.add({
    name: 'crash',
    trigger: { events: ['crash.begun'], contact: 'none', key: '{{ event.n }}' },
    re_entry: { policy: 'once' },
    steps: [
      {
        id: 'one',
        type: 'send',
        channel: 'discord',
        to: 'destination',
        content: { text: 'one {{ event.n }}' },
      },
      { id: 'pause', type: 'wait', minutes: 0 },
      { id: 'call', type: 'act', connector: 'crm', action: 'note', params: { n: '{{ event.n }}' } },
      {
        id: 'two',
        type: 'send',
        channel: 'discord',
        to: 'destination',
        content: { text: 'two {{ steps.call.n }}' },
      },
    ],
  })
  const events = Array.from({ length: RUNS }, (_, n) => ({
    ...{ workspaceId, name: 'crash.begun', contactId: null, messageId: null },
    ...{ at: clock.now(), source: 'test', properties: { n } },
  }))
  for (let from = 0; from < RUNS; from += 100)
    await recordEvents(db.engine, events.slice(from, from + 100), clock.now())

  const dice = chance(20_261_121)
  const workers: JourneyWorker[] = [
    await startJourneyWorker(database),
    await startJourneyWorker(database),
  ]
  for (let kill = 1; kill <= KILLS; kill++) {
    const share = Math.floor((RUNS * STEPS) / (KILLS + 1))
    const point = share * (kill - 1) + dice.between(1, share)
    await until(`${point} steps`, async () => (await stepsTaken()) >= point)
    const victim = dice.between(0, 1)
    await workers[victim]?.kill()
    workers[victim] = await startJourneyWorker(database)
  }
  // A call that died with its process is made again when its lease is over.
  await until(
    'all runs to end',
    async () => {
      const [row] = await db.engine<{ n: number }[]>`
      select count(*)::int as n from journey_runs where workspace_id = ${workspaceId} and ended_at is null
    `
      return row?.n === 0
    },
    PATIENCE_MS,
  )
  await Promise.all(workers.map((worker) => worker.kill()))

  const runs = await world.runs(journey)
  assert.equal(runs.length, RUNS)
  assert.deepEqual([...new Set(runs.map((run) => run.status))], ['done'])
  const texts = await db.engine<{ text: string; n: number }[]>`
    select c.content ->> 'text' as text, count(*)::int as n
    from messages m
    join message_contents c on c.workspace_id = m.workspace_id and c.message_id = m.id
    where m.workspace_id = ${workspaceId}
    group by 1
  `
  assert.equal(texts.length, 2 * RUNS)
  assert.ok(
    texts.every(({ n }) => n === 1),
    'a message was sent twice',
  )
  assert.equal(await stepsTaken(), RUNS * STEPS)
  const all = [RUNS, RUNS]
  assert.deepEqual(await world.counts(journey), { one: all, pause: all, call: all, two: all })
})
