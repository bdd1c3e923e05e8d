/** `beckon sync …`: what connectors read, and doing again what failed. */
import { inWorkspace } from '../db/db.ts'
import { invalid } from '../errors.ts'
import { pullAgain } from '../sync/pullAgain.ts'
import { runStatuses } from '../sync/schema.ts'
import { listRuns } from '../sync/store/runs.ts'
import { runView } from '../sync/view.ts'
import { asId, readLimit } from './callbacks.ts'
import { table } from './output.ts'
import type { Tool } from './tool.ts'

export interface PullListOptions {
  readonly status?: string
  readonly limit: string
  readonly workspace?: string
}

export async function showPulls(tool: Tool, options: PullListOptions): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const status = runStatuses.find((each) => each === options.status)
  if (options.status !== undefined && !status)
    throw invalid(
      '/status',
      `There is no status ${options.status}. Use one of: ${runStatuses.join(', ')}.`,
    )
  const limit = readLimit(options.limit)
  const filter = { connectionId: undefined, before: undefined, status, limit }
  const rows = await inWorkspace(tool.db, id, (tx) => listRuns(tx, id, filter))
  tool.out.result(rows.map(runView), () =>
    table(
      ['id', 'started', 'what', 'status', 'events', 'error'],
      rows.map((row) => [
        ...[row.id, row.startedAt.toISOString(), row.task, row.status],
        ...[String(row.events), row.error ?? ''],
      ]),
    ),
  )
}

/** The server does it within a second. */
export async function processPull(
  tool: Tool,
  id: string,
  options: { readonly workspace?: string },
): Promise<void> {
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const { run, status } = await inWorkspace(tool.db, workspaceId, (tx) =>
    pullAgain(tx, workspaceId, asId(id, 'pull'), tool),
  )
  const said = {
    due: `${run.task} is due now.`,
    waiting: `${run.task} is due once its connection is active.`,
    disabled: `${run.task} is due once somebody switches its connection on.`,
  }
  tool.out.result({ id, task: run.task, status }, () => said[status])
}
