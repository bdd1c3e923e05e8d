/** `beckon journey retry`: takes up again what failed, once the reason is mended. */
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { getJourney } from '../journeys/find.ts'
import { retryRun } from '../journeys/retryRun.ts'
import { listRuns, type RunFilter } from '../journeys/runs.store.ts'
import type { RunRow } from '../journeys/runs.ts'
import type { JourneyTool } from './journeys.ts'

const PAGE = 100 // runs that are looked at together

/** Each in a transaction of its own. Those whose key another run has taken since are left as they are. */
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
  const every = { status: 'failed', attention: false, contactId: null, key: null } as const
  for (let before: string | null = null; ; ) {
    const page: RunFilter = { ...every, before, limit: PAGE }
    const rows: RunRow[] = await inWorkspace(db, workspaceId, (tx) =>
      listRuns(tx, workspaceId, journeyId, page),
    )
    for (const { id } of rows) {
      const taken = await inWorkspace(db, workspaceId, async (tx) => {
        await retryRun(tx, workspaceId, id, { now: db.clock.now() })
        return true
      }).catch(isTaken)
      done[taken ? 'retried' : 'left']++
    }
    before = rows.at(-1)?.id ?? null
    if (before === null) break
  }
  const left = done.left === 0 ? '' : ` ${done.left} were left: others have taken their place.`
  out.result(done, () => `${done.retried} taken up again.${left}`)
}

function isTaken(error: unknown): false {
  if (error instanceof AppError && error.code === 'conflict') return false
  throw error
}
