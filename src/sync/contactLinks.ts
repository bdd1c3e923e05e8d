/** Other systems that know a contact: where it is looked at over there, and when we last heard from them. */
import type { TransactionSql } from 'postgres'
import { getContactId, getContactView } from '../contacts/find.ts'
import { listFamily } from '../contacts/store.ts'
import type { SyncDeps } from './deps.ts'
import { listConnections } from './store/connections.ts'
import { listTold } from './store/contactLinks.ts'
import { listTasks } from './store/tasks.ts'

export interface ContactLink {
  readonly connector: string
  readonly name: string
  readonly connection_id: string
  readonly external_id: string
  readonly url: string | null
  readonly last_sync_at: string | null
}

/** One for each connection whose system has called the contact by an id of its own. */
export async function contactLinks(
  tx: TransactionSql,
  workspaceId: string,
  ref: string,
  { connections }: Pick<SyncDeps, 'connections'>,
): Promise<ContactLink[]> {
  const id = await getContactId(tx, workspaceId, ref)
  const { identities } = await getContactView(tx, workspaceId, id)
  const rows = await listConnections(tx, workspaceId)
  const known = rows.filter((row) => identities.some(({ source }) => source === row.connector))
  if (known.length === 0) return []
  const sources = [...new Set(known.map((row) => row.connector))]
  const told = await listTold(tx, workspaceId, await listFamily(tx, workspaceId, id), sources)
  const tasks = await listTasks(
    tx,
    workspaceId,
    known.map((row) => row.id),
  )
  return known.flatMap((row) => {
    const connection = connections.open(row)
    const heard = [
      row.callbackAt,
      ...tasks.filter(({ connectionId }) => connectionId === row.id).map(({ lastAt }) => lastAt),
    ].filter((at) => at !== null)
    const last = heard.length > 0 ? new Date(Math.max(...heard.map(Number))) : null
    const properties = told.filter(({ source }) => source === row.connector)
    const linkOf = (externalId: string): string | null => {
      if (!connection || connection.fault !== null) return null
      const { connector, settings } = connection
      for (const { properties: each } of [...properties, { properties: {} }]) {
        const url = connector.linkOf?.({ externalId, told: each }, settings) ?? null
        if (url !== null) return url
      }
      return null
    }
    return identities
      .filter(({ source }) => source === row.connector)
      .map(({ external_id }) => ({
        ...{ connector: row.connector, name: row.name, connection_id: row.id, external_id },
        ...{ url: linkOf(external_id), last_sync_at: last?.toISOString() ?? null },
      }))
  })
}
