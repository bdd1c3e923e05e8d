/** Takes up a pull that was not finished: its task is due at once, and goes on after the last page that it saved. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { getConnection } from './change.ts'
import type { SyncDeps } from './deps.ts'
import { findRun, type RunRow } from './store/runs.ts'
import { dueNow } from './store/tasks.ts'

export interface Again {
  readonly run: RunRow
  /** `waiting`: its connection is paused, and it is done once that is active; `disabled`: that is switched off. */
  readonly status: 'due' | 'waiting' | 'disabled'
}

const answers = { active: 'due', paused: 'waiting', disabled: 'disabled' } as const

/** Raises `not_found`, and `conflict` where nothing would come of it. Twice is harmless. */
export async function pullAgain(
  tx: Sql,
  workspaceId: string,
  id: string,
  { db }: Pick<SyncDeps, 'db'>,
): Promise<Again> {
  const run = await findRun(tx, workspaceId, id)
  if (!run) throw new AppError('not_found', 'There is no such pull.')
  if (run.status === 'running') throw new AppError('conflict', 'This pull is still running.')
  if (run.status === 'done')
    throw new AppError('conflict', 'This pull is finished. POST /sync starts another.')
  const { status, name } = await getConnection(tx, workspaceId, run.connectionId)
  const key = { workspaceId, connectionId: run.connectionId }
  const found = await dueNow(tx, key, [run.task], db.clock.now())
  if (found === 0) throw new AppError('conflict', `${name} has no ${run.task} any more.`)
  return { run, status: answers[status] }
}
