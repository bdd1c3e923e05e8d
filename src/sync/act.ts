/** Calls an action of a connector, for a journey or a person. */
import { inWorkspace, type Json } from '../db/db.ts'
import { Misconfigured, Rejected } from '../errors.ts'
import { storable } from '../lib/storable.ts'
import type { SyncDeps } from './deps.ts'

/** Throws Retryable, Unanswered, Rejected or Misconfigured. */
export type Act = (
  workspaceId: string,
  connectorId: string,
  action: string,
  params: unknown,
) => Promise<Json>

export function createAct(deps: Pick<SyncDeps, 'db' | 'connections'>): Act {
  return async (workspaceId, connectorId, name, params) => {
    const all = await inWorkspace(deps.db, workspaceId, (tx) =>
      deps.connections.of(tx, workspaceId, connectorId),
    )
    const usable = all.find(({ row, fault }) => row.status === 'active' && fault === null)
    if (!usable) throw new Misconfigured(whyNone(connectorId, all))
    const action = usable.connector.actions[name]
    if (!action) throw new Misconfigured(`${usable.connector.name} has no action ${name}.`)
    const parsed = action.params.safeParse(params)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new Rejected('content', `${name}: ${issue?.path.join('.')}: ${issue?.message}`)
    }
    const result = await action.run(parsed.data, deps.connections.context(usable))
    return storable(result ?? null) as Json // JSON by contract
  }
}

function whyNone(
  connectorId: string,
  all: readonly { row: { statusReason: string | null; name: string; status: string } }[],
): string {
  const [first] = all
  if (!first) return `There is no connection to ${connectorId}.`
  const { name, status, statusReason } = first.row
  return `The connection ${name} is ${status}${statusReason === null ? '' : `: ${statusReason}`}`
}
