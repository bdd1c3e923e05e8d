/** `beckon journey retry`: takes up again what failed, once the reason is mended. */
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { getJourney } from '../journeys/find.ts'
import { retryRun } from '../journeys/retryRun.ts'
import { listRuns, type RunFilter } from '../journeys/runs.store.ts'
import type { RunRow } from '../journeys/runs.ts'
import type { JourneyTool } from './journeys.ts'

const PAGE = 100 // runs that are looked at together

/** Each in a transaction of its own. Those that cannot be taken up are left as they are, and counted by why. */
export async function retryRuns(
  { db, out, workspace }: JourneyTool,
  name: string,
  options: { readonly workspace?: string },
): Promise<void> {
  const { id: workspaceId } = await workspace(options.workspace)
  const { id: journeyId } = await inWorkspace(db, workspaceId, (tx) =>
    getJourney(tx, workspaceId, name),
  )
  const done = { retried: 0, left: 0 }
  const why: Record<string, number> = {}
  const every = { status: 'failed', attention: false, contactId: null, key: null } as const
  for (let before: string | null = null; ; ) {
    const page: RunFilter = { ...every, before, limit: PAGE }
    const rows: RunRow[] = await inWorkspace(db, workspaceId, (tx) =>
      listRuns(tx, workspaceId, journeyId, page),
    )
    for (const { id } of rows) {
      const reason = await inWorkspace(db, workspaceId, async (tx) => {
        await retryRun(tx, workspaceId, id, { now: db.clock.now() })
        return null
      }).catch(conflictOf)
      if (reason === null) done.retried++
      else {
        done.left++
        why[reason] = (why[reason] ?? 0) + 1
      }
    }
    before = rows.at(-1)?.id ?? null
    if (before === null) break
  }
  out.result({ ...done, why }, () =>
    [
      `${done.retried} taken up again.`,
      ...Object.entries(why).map(([reason, runs]) => `${runs} left as they are: ${reason}`),
    ].join('\n'),
  )
}

function conflictOf(error: unknown): string {
  if (error instanceof AppError && error.code === 'conflict') return error.message
  throw error
}
