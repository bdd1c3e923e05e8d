/**
 * What must be true after any fault, read from the database and from the books of those who
 * received. Each promise has the number it has in the project's reliability table.
 *
 *   I1  every message that was acknowledged is there, and is done or due in the future
 *   I2  nobody received a message twice
 *   I6  the counters are the sums of the rows
 *   I8  a state never went back: nothing follows `sent` that says it was not
 */
import assert from 'node:assert/strict'
import type { Sql } from '../../src/db/db.ts'
import { until } from '../helpers/until.ts'

export interface Books {
  readonly workspaceId: string
  /** Ids of messages that were acknowledged. */
  readonly acknowledged: readonly string[]
  /** Ids in the order in which recipients took them, repetitions left out where the vendor does so. */
  readonly received: readonly string[]
}

export interface Verdict {
  readonly sent: number
  readonly unknown: number
  readonly other: number
}

/** Nothing waits and nothing is on its way. */
export function allSettled(sql: Sql, workspaceId: string, patienceMs = 180_000): Promise<unknown> {
  return until(
    'every message to be settled',
    async () => {
      const [row] = await sql<{ open: number }[]>`
        select count(*)::int as open from messages
        where workspace_id = ${workspaceId} and status in ('queued', 'held', 'sending')
      `
      return row?.open === 0
    },
    patienceMs,
  )
}

/** Throws where an invariant does not hold. */
export async function checkInvariants(sql: Sql, books: Books): Promise<Verdict> {
  const { workspaceId } = books
  const rows = await sql<{ id: string; status: string; future: boolean }[]>`
    select id, status, due_at > now() as future from messages where workspace_id = ${workspaceId}
  `
  const statuses = new Map(rows.map((row) => [row.id, row]))
  const missing = books.acknowledged.filter((id) => !statuses.has(id))
  assert.deepEqual(missing, [], 'I1: acknowledged, and not there')
  const open = rows.filter(
    ({ status, future }) => status === 'sending' || (status === 'queued' && !future),
  )
  assert.deepEqual(open, [], 'I1: neither done nor due in the future')

  const times = new Map<string, number>()
  for (const id of books.received) times.set(id, (times.get(id) ?? 0) + 1)
  assert.deepEqual(
    [...times].filter(([, n]) => n > 1),
    [],
    'I2: received twice',
  )
  const sent = rows.filter(({ status }) => status === 'sent' || status === 'delivered')
  assert.deepEqual(
    sent.filter(({ id }) => !times.has(id)).map(({ id }) => id),
    [],
    'I2: called sent, and never received',
  )

  await checkCounters(sql, workspaceId, rows.length)
  const back = await sql`
    select s.message_id from events s
    join events l on l.workspace_id = s.workspace_id and l.message_id = s.message_id and l.id <> s.id
    where s.workspace_id = ${workspaceId} and s.name = 'message.sent' and l.recorded_at >= s.recorded_at
      and l.name in ('message.sent', 'message.retried', 'message.unknown', 'message.failed', 'message.expired')
  `
  assert.deepEqual([...back], [], 'I8: something followed `sent` that says it was not')
  const unknown = rows.filter(({ status }) => status === 'unknown').length
  return { sent: sent.length, unknown, other: rows.length - sent.length - unknown }
}

async function checkCounters(sql: Sql, workspaceId: string, accepted: number): Promise<void> {
  const counters = await sql<{ metric: string; n: number }[]>`
    select metric, sum(n)::int as n from counts where workspace_id = ${workspaceId} group by 1
  `
  const events = await sql<{ metric: string; n: number }[]>`
    select split_part(name, '.', 2) as metric, count(*)::int as n from events
    where workspace_id = ${workspaceId} and name in ('message.sent', 'message.failed', 'message.unknown', 'message.skipped')
    group by 1
  `
  const counted = new Map(counters.map(({ metric, n }) => [metric, n]))
  assert.equal(counted.get('accepted') ?? 0, accepted, 'I6: accepted')
  for (const { metric, n } of events) assert.equal(counted.get(metric) ?? 0, n, `I6: ${metric}`)
}
