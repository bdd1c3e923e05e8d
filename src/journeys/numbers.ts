/** A journey's numbers, from counters: as quick with a million runs as with one. */
import type { TransactionSql } from 'postgres'
import type { JourneyDetail } from './api.schema.ts'
import { findDraft } from './drafts/store.ts'
import { draftHead } from './drafts/view.ts'
import type { CurrentJourney } from './find.ts'
import { countAttention, countFailed, listCounts, type StepCount } from './numbers.store.ts'
import { journeyView } from './view.ts'

const MAX_FAILED = 10_000 // as many as are read at once without being noticed
const MAX_ATTENTION = 1_000 // counted one by one; more than anybody looks at

export async function detailOf(
  tx: TransactionSql,
  workspaceId: string,
  current: CurrentJourney,
): Promise<JourneyDetail> {
  const { row, version } = current
  const counts = await listCounts(tx, workspaceId, row.id)
  const draft = await findDraft(tx, workspaceId, row.id)
  const attention = await countAttention(tx, workspaceId, row.id, MAX_ATTENTION)
  const failed = await countFailed(tx, workspaceId, row, MAX_FAILED)
  const mine = new Map(
    counts.filter((each) => each.version === row.version).map((each) => [each.step, each]),
  )
  return {
    ...journeyView(current),
    live: liveOf(counts),
    attention,
    draft: draft ? draftHead(draft) : null,
    steps: version.definition.steps.map(({ id, type }) => {
      const { entered = 0, gone = 0 } = mine.get(id) ?? {}
      return {
        step: id,
        type,
        entered,
        left: gone,
        waiting: entered - gone,
        failed: failed.get(id) ?? 0,
      }
    }),
  }
}

/** Runs that have not ended, of all versions. */
export async function countLive(
  tx: TransactionSql,
  workspaceId: string,
  journeyId: string,
): Promise<number> {
  return liveOf(await listCounts(tx, workspaceId, journeyId))
}

const liveOf = (counts: readonly StepCount[]) =>
  counts.reduce((sum, { entered, gone }) => sum + entered - gone, 0)
