/** Makes sure that the system over there calls us, and keeps the key that it signs with. */
import type { Subscription } from '../connectors/connector.ts'
import { inWorkspace } from '../db/db.ts'
import { Misconfigured } from '../errors.ts'
import type { SyncDeps } from './deps.ts'
import { type Connection, callbackUrlOf, keyContext } from './directory.ts'
import { saveSubscription } from './store/connections.ts'

export const SUBSCRIBE_SECONDS = 3_600 // how often we look whether it has been paused over there

/** Vendors call public addresses only, and their requests carry people's data. */
export const canBeCalled = (publicUrl: string) => publicUrl.startsWith('https://')

/** Under the lease of its task: of two processes that did it at once, both would make one. */
export async function subscribe(connection: Connection, deps: SyncDeps): Promise<Subscription> {
  const { connector, row } = connection
  const url = callbackUrlOf(connection, deps.publicUrl)
  if (!connector.callbacks?.subscribe || url === null)
    throw new Misconfigured(`${connector.name} has no webhooks that can be subscribed to.`)
  if (!canBeCalled(deps.publicUrl))
    throw new Misconfigured('PUBLIC_URL is not https: set it to where the internet reaches Beckon.')
  const made = await connector.callbacks.subscribe(
    deps.connections.context(connection),
    url,
    row.subscriptionId,
  )
  const { workspaceId, id } = row
  const key =
    made.signatureKey === null
      ? null
      : deps.sealing.seal(made.signatureKey, keyContext(workspaceId, id))
  await inWorkspace(deps.db, workspaceId, (tx) =>
    saveSubscription(tx, workspaceId, id, { id: made.id, key }),
  )
  if (made.did !== 'kept')
    deps.log.info(
      { connection_id: id, vendor: connector.id, subscription: made.did },
      'webhook subscription',
    )
  return made
}
