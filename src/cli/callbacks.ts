/** `beckon callbacks …`: what vendors told us, and trying again what was not understood. */
import { inWorkspace } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { type CallbackSummary, listCallbacks, reopenCallback } from '../tracking/store/callbacks.ts'
import { table } from './output.ts'
import type { Tool } from './tool.ts'

const statuses = ['received', 'processed', 'failed']
const PAGE = 500 // callbacks that are tried again in one transaction

export interface CallbackListOptions {
  readonly status?: string
  readonly limit: string
  readonly workspace?: string
}

export async function showCallbacks(tool: Tool, options: CallbackListOptions): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const { status } = options
  if (status !== undefined && !statuses.includes(status))
    throw invalid('/status', `There is no status ${status}. Use one of: ${statuses.join(', ')}.`)
  const filter = { status, before: undefined, limit: readLimit(options.limit) }
  const rows = await inWorkspace(tool.db, id, (tx) => listCallbacks(tx, id, filter))
  tool.out.result(rows.map(plain), () =>
    table(
      ['id', 'received', 'from', 'status', 'reason'],
      rows.map((row) => [
        ...[row.id, row.receivedAt.toISOString(), row.source, row.status, row.reason ?? ''],
      ]),
    ),
  )
}

/** One, or all that failed. The server takes them up within a second. */
export async function processCallbacks(
  tool: Tool,
  which: { readonly id: string } | 'failed',
  options: { readonly workspace?: string },
): Promise<void> {
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const ids =
    which === 'failed' ? await reopenFailed(tool, workspaceId) : [asId(which.id, 'callback')]
  if (which !== 'failed' && !(await reopen(tool, workspaceId, ids)))
    throw new AppError('not_found', 'There is no such callback.')
  tool.out.result({ reopened: ids.length }, () => `${ids.length} to be processed again.`)
}

async function reopenFailed(tool: Tool, workspaceId: string): Promise<string[]> {
  const all: string[] = []
  for (;;) {
    const filter = { status: 'failed', before: all.at(-1), limit: PAGE }
    const rows = await inWorkspace(tool.db, workspaceId, (tx) =>
      listCallbacks(tx, workspaceId, filter),
    )
    if (rows.length === 0) return all
    const ids = rows.map((row) => row.id)
    await reopen(tool, workspaceId, ids)
    all.push(...ids)
  }
}

async function reopen({ db }: Tool, workspaceId: string, ids: readonly string[]) {
  return inWorkspace(db, workspaceId, async (tx) => {
    let found = true
    for (const id of ids)
      found = (await reopenCallback(tx, workspaceId, id, db.clock.now())) && found
    return found
  })
}

const plain = (row: CallbackSummary) => ({
  ...{ id: row.id, provider: row.source, status: row.status, attempts: row.attempts },
  ...{ reason: row.reason, received_at: row.receivedAt.toISOString() },
})

export function asId(text: string, what: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text
  throw invalid('/id', `${text} is not the id of a ${what}.`)
}

export function readLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0 && limit <= 1_000) return limit
  throw invalid('/limit', `${text} is no number from 1 to 1000.`)
}
