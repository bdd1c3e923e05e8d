/** `beckon connector <connector> subscribe`. */
import { inWorkspace } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { createHttp } from '../lib/http.ts'
import { buildSync } from '../sync/build.ts'
import { provisionConnections } from '../sync/provision.ts'
import { subscribeNow } from '../sync/subscribeNow.ts'
import { silent, type Tool } from './tool.ts'

const did = {
  created: 'It was made.',
  reactivated: 'It had been paused and is active again.',
  kept: 'It was there already.',
}

export async function subscribeConnector(
  { db, config, sealing, out, workspace }: Tool,
  { connector, what }: { connector: string; what: string },
  options: { workspace?: string },
): Promise<void> {
  if (what !== 'subscribe')
    throw new AppError('invalid_input', `There is no ${what}. Write: connector close subscribe`)
  const { id: workspaceId } = await workspace(options.workspace)
  const publicUrl = config.PUBLIC_URL
  if (options.workspace === undefined)
    await inWorkspace(db, workspaceId, (tx) =>
      provisionConnections(tx, workspaceId, config, { sealing, publicUrl }, db.clock.now()),
    )
  const guardedHttp = createHttp({ guard: true })
  const trustedHttp = createHttp({ guard: false })
  try {
    const { deps } = buildSync({
      ...{ db, log: silent, sealing, publicUrl, guardedHttp, trustedHttp, cacheHours: 0 },
      variables: config,
    })
    const all = await inWorkspace(db, workspaceId, (tx) =>
      deps.connections.of(tx, workspaceId, connector),
    )
    const connection = all.find(({ row }) => row.status === 'active') ?? all[0]
    if (!connection) {
      const mend = 'Set its variables, such as CLOSEIO_API_KEY, or make one by POST /connectors.'
      throw new AppError('not_found', `There is no connection to ${connector}. ${mend}`)
    }
    const made = await subscribeNow(connection, deps)
    const shown = { id: made.id, url: made.url, did: made.did }
    out.result(
      shown,
      () => `${connection.row.name} calls ${made.url} (${made.id}). ${did[made.did]}`,
    )
  } finally {
    await Promise.all([guardedHttp.close(), trustedHttp.close()])
  }
}
