/** Calls an action of a connector, for a journey or a person. */
import { inWorkspace, type Json } from '../db/db.ts'
import { Misconfigured, Rejected } from '../errors.ts'
import { storable } from '../lib/storable.ts'
import type { SyncDeps } from './deps.ts'
import type { Connection } from './directory.ts'

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
    const usable = all.filter(isUsable)
    const [first] = usable
    if (!first) throw new Misconfigured(whyNone(connectorId, all))
    const action = first.connector.actions[name]
    if (!action) throw new Misconfigured(`${first.connector.name} has no action ${name}.`)
    const parsed = action.params.safeParse(params)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new Rejected('content', `${name}: ${issue?.path.join('.')}: ${issue?.message}`)
    }
    const context = (connection: Connection) => deps.connections.context(connection)
    const { isHere } = action
    const isTheirs = isHere && ((each: Connection) => isHere(parsed.data, context(each)))
    const chosen = isTheirs && all.length > 1 ? await whose(all, isTheirs) : first
    const result = await action.run(parsed.data, context(chosen ?? first))
    return storable(result ?? null) as Json // JSON by contract
  }
}

const isUsable = ({ row, fault }: Connection) => row.status === 'active' && fault === null

/** Of several, such as boards, the one that has it. Where one cannot be asked, nothing is done instead. */
async function whose(
  all: readonly Connection[],
  isTheirs: (connection: Connection) => Promise<boolean>,
): Promise<Connection | undefined> {
  const refused: Error[] = []
  for (const each of all.filter(isUsable)) {
    try {
      if (await isTheirs(each)) return each
    } catch (error) {
      if (!(error instanceof Misconfigured)) throw error
      refused.push(error)
    }
  }
  const away = all.find((each) => !isUsable(each) && each.row.status !== 'disabled')
  if (refused[0]) throw refused[0]
  if (away) throw new Misconfigured(whyNone(away.connector.id, [away]))
  return undefined
}

function whyNone(connectorId: string, all: readonly Connection[]): string {
  const [first] = all
  if (!first) return `There is no connection to ${connectorId}.`
  const { name, status, statusReason } = first.row
  if (first.fault !== null) return `The connection ${name} cannot be used. ${first.fault}`
  return `The connection ${name} is ${status}${statusReason === null ? '' : `: ${statusReason}`}`
}
