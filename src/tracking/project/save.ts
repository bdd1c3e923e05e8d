/** Writes what was judged: events of what is new, classes, sums of messages, counters. */
import type { TransactionSql } from 'postgres'
import { bumpCounts, recordEvents } from '../../events/record.ts'
import {
  type Engagement,
  findSummaries,
  saveEngagements,
  saveSummaries,
} from '../store/engagements.ts'
import type { HitMessage } from '../store/messages.ts'
import { eventsOf } from './eventsOf.ts'
import type { ProjectDeps } from './project.ts'
import { changes, nextSummary, nothing, together } from './tally.ts'

export const MOST = 2_000 // hits of one message that are looked at again

interface Judged {
  readonly messages: ReadonlyMap<string, HitMessage>
  readonly before: readonly Engagement[]
  readonly after: readonly Engagement[]
  /** Ids of the hits that were not there before. */
  readonly news: ReadonlySet<string>
}

export async function save(
  tx: TransactionSql,
  workspaceId: string,
  judged: Judged,
  deps: ProjectDeps,
  now: Date,
) {
  const { messages, news } = judged
  const stored = await findSummaries(tx, workspaceId, [...messages.keys()])
  const then = Map.groupBy(judged.before, (row) => row.messageId)
  const since = Map.groupBy(judged.after, (row) => row.messageId)
  const old = new Set(judged.before)
  const summaries = [...since].map(([messageId, after]) => {
    const before = then.get(messageId) ?? []
    const sum = stored.get(messageId) ?? nothing
    // More than were read, or more than are kept (../jobs.ts).
    const partial = before.length >= MOST || sum.opens + sum.clicks > before.length
    const next = nextSummary(sum, before, after, partial)
    const { channel } = messages.get(messageId)!
    return { next: { ...next, messageId }, channel, changes: changes(sum, next, before, after) }
  })
  const changed = judged.after.filter((row) => !old.has(row))
  const fresh = changed.filter((row) => news.has(row.id))
  await recordEvents(tx, await eventsOf(tx, workspaceId, { messages, rows: fresh }, deps), now)
  await saveEngagements(tx, workspaceId, changed)
  await saveSummaries(
    tx,
    workspaceId,
    summaries.map(({ next }) => next),
  )
  // Last, since everybody waits for these rows.
  const counted = summaries.flatMap((each) =>
    each.changes.map((change) => ({ channel: each.channel, ...change })),
  )
  await bumpCounts(
    tx,
    together(counted).map((change) => ({ workspaceId, ...change })),
  )
}
