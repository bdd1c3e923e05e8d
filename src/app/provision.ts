/** What the environment names, and what every workspace has; read again at each start. */
import type { Logger } from 'pino'
import { openEvents, projectOpens } from '../analytics/opens/project.ts'
import { provisionFromEnvironment, provisionWorkspace } from '../channels/provision.ts'
import type { Sealing } from '../channels/settings.ts'
import type { Config } from '../config.ts'
import { type Db, inWorkspace } from '../db/db.ts'
import { createSubscriber } from '../events/subscribe.ts'
import { setInterests } from '../events/subscribers.ts'
import { provisionRecipes } from '../journeys/recipes/provision.ts'
import { provisionConnections } from '../sync/provision.ts'
import type { WorkspaceHook } from '../workspaces/createWorkspace.ts'
import { ensureOwner } from '../workspaces/members/setupOwner.ts'

const OPENS = 'opens' // who adds up opens of mail that other systems sent

export async function provision(
  db: Db,
  { workspaceId, config, log, sealing, recipes }: Provisioned,
): Promise<void> {
  const now = db.clock.now()
  const publicUrl = config.PUBLIC_URL
  await inWorkspace(db, workspaceId, async (tx) => {
    await provisionWorkspace(tx, workspaceId, now, sealing.seal)
    await provisionFromEnvironment(tx, workspaceId, config, now, sealing)
    await provisionConnections(tx, workspaceId, config, { sealing, publicUrl }, now)
    await setInterests(tx, workspaceId, OPENS, openEvents)
  })
  const { warnings } = await inWorkspace(db, workspaceId, (tx) =>
    provisionRecipes(tx, workspaceId, recipes, now),
  )
  for (const warning of warnings) log.warn(warning)
  await ensureOwner(db, config, workspaceId)
}

interface Provisioned {
  readonly workspaceId: string
  readonly config: Config
  readonly log: Logger
  readonly sealing: Sealing
  readonly recipes: Parameters<typeof provisionRecipes>[2]
}

/** What belongs into every new workspace. */
export const workspaceHooks = ({ seal: sealWith }: Sealing): readonly WorkspaceHook[] => [
  (tx, workspace, now) => provisionWorkspace(tx, workspace.id, now, sealWith),
  (tx, workspace) => setInterests(tx, workspace.id, OPENS, openEvents),
]

/** Adds up opens of mail that other systems sent. */
export const createOpensSubscriber = (options: { db: Db; log: Logger }) =>
  createSubscriber({ ...options, name: OPENS, handle: projectOpens })
