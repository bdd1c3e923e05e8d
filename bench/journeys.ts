/**
 * A million runs wait, and a tenth of them falls due at once: how many steps a second, and how much
 * memory. Against claiming and completing as many rows of the same table in plain SQL.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type postgres from 'postgres'
import { z } from 'zod'
import { atMost, type Bench, type Context, type Result, ratioAtLeast } from './harness/bench.ts'
import { startMeter } from './harness/cpu.ts'
import { workspaceId } from './harness/sender.ts'
import { startServer, type TestedServer } from './harness/server.ts'

const name = 'journeys'
const INSERT_AT_ONCE = 50_000
const BATCH = 500 // what the engine takes at once too
const LOOK_MS = 100
const MIN_PER_SECOND = 5_000
// From the first half of the work to the second: young objects have up to 3 × 64 MB (bin/start), into which the
// collector grows as it goes.
const MAX_GROWTH_MB = 128

const Id = z.object({ id: z.uuid() })

export const journeys: Bench = {
  name,
  async run(context) {
    const [waiting, due] = context.quick ? [50_000, 5_000] : [1_000_000, 100_000]
    const server = await startServer(context)
    const sql = await server.sql()
    const workspace = await workspaceId(server, 'default')
    const ours = await addJourney(server, 'ours')
    const plain = await addJourney(server, 'plain')
    const fill = (journey: string, count: number, dueIn: string) =>
      insertRuns(sql, { workspace, journey, count, dueIn })
    await fill(ours, waiting - 2 * due, '30 days')
    await fill(ours, due, '-1 second')
    await fill(plain, due, '-1 second')
    await sql`vacuum analyze journey_runs`
    await sql`vacuum analyze journey_keys`
    context.say(`${waiting} runs wait, ${due} are due`)

    const reference = due / ((await completeAll(sql, workspace, plain)) / 1_000)
    context.say(`plain SQL: ${Math.round(reference)} rows a second`)
    const idleMb = await residentMb(server.pid)
    const meter = await startMeter(context, server)
    const { ms, firstMb, peakMb } = await runAll(server, sql, { workspace, journey: ours, due })
    await meter(due, 'step')
    const [idle, first, peak] = [idleMb, firstMb, peakMb].map(Math.round)
    context.say(
      `memory: ${idle} MB before, ${first} MB at most in the first half, ${peak} MB in all`,
    )
    return results(context, {
      perSecond: due / (ms / 1_000),
      reference,
      growthMb: peakMb - firstMb,
    })
  },
}

function results(
  context: Context,
  measured: { perSecond: number; reference: number; growthMb: number },
): Result[] {
  const { perSecond, reference, growthMb } = measured
  context.say(`${Math.round(perSecond)} steps a second`)
  const compared = ratioAtLeast(
    {
      ...{
        bench: name,
        what: 'steps of due runs, a million waiting',
        value: perSecond,
        unit: '/s',
      },
      ...{ reference: 'claim and complete in SQL', referenceValue: reference },
    },
    0,
  )
  const ok = perSecond >= MIN_PER_SECOND
  return [
    { ...compared, goal: `≥ ${MIN_PER_SECOND.toLocaleString('en')} /s`, ok },
    atMost(
      {
        bench: name,
        what: 'memory of the second half beyond the first',
        value: growthMb,
        unit: 'MB',
      },
      MAX_GROWTH_MB,
    ),
  ]
}

/** Paused, so that nothing runs before the clock does. */
async function addJourney(server: TestedServer, journeyName: string): Promise<string> {
  const { id } = Id.parse(
    await server.call('POST', '/journeys', {
      name: journeyName,
      trigger: { events: ['bench.begun'], contact: 'none' },
      steps: [
        { id: 'day', type: 'wait', days: 1 },
        { id: 'week', type: 'wait', days: 7 },
      ],
    }),
  )
  return id
}

async function insertRuns(
  sql: postgres.Sql,
  {
    workspace,
    journey,
    count,
    dueIn,
  }: { workspace: string; journey: string; count: number; dueIn: string },
): Promise<void> {
  for (let from = 0; from < count; from += INSERT_AT_ONCE) {
    const until = Math.min(count, from + INSERT_AT_ONCE) - 1
    await sql`
      with made as (
        insert into journey_runs (workspace_id, id, journey_id, version, key, status, step, entered_step_at, due_at, event, started_at)
        select ${workspace}, uuidv7(), ${journey}, 1, gen_random_uuid()::text, 'waiting', 'day', now() - interval '1 day',
          now() + ${dueIn}::interval, jsonb_build_object('name', 'bench.begun', 'number', n), now() - interval '1 day'
        from generate_series(${from}::int, ${until}::int) n
        returning id, key
      )
      insert into journey_keys (workspace_id, journey_id, key, run_id, entered_at, live)
      select ${workspace}, ${journey}, key, id, now() - interval '1 day', true from made
    `
  }
}

/** Milliseconds. The least that any engine on these rows must do. */
async function completeAll(sql: postgres.Sql, workspace: string, journey: string): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const done = await sql`
      with due as materialized (
        select workspace_id, id
        from journey_runs
        where workspace_id = ${workspace} and journey_id = ${journey} and due_at <= now()
        order by due_at
        limit ${BATCH}
        for update skip locked
      )
      update journey_runs r
      set status = 'done', step = null, due_at = null, ended_at = now()
      from due
      where r.workspace_id = due.workspace_id and r.id = due.id
    `
    if (done.count === 0) return performance.now() - startedAt
  }
}

/** From enabling the journey until the last of its due runs has taken its step. */
async function runAll(
  server: TestedServer,
  sql: postgres.Sql,
  { workspace, journey, due }: { workspace: string; journey: string; due: number },
): Promise<{ ms: number; firstMb: number; peakMb: number }> {
  let firstMb = 0
  let peakMb = 0
  const startedAt = performance.now()
  await server.call('POST', `/journeys/${journey}/enable`)
  for (;;) {
    const [row] = await sql<{ gone: number }[]>`
      select gone from journey_counts where workspace_id = ${workspace} and journey_id = ${journey} and step = 'day'
    `
    peakMb = Math.max(peakMb, await residentMb(server.pid))
    const gone = row?.gone ?? 0
    if (gone <= due / 2) firstMb = peakMb
    if (gone >= due) return { ms: performance.now() - startedAt, firstMb, peakMb }
    await sleep(LOOK_MS)
  }
}

/** NaN where /proc is not. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1_024
}
