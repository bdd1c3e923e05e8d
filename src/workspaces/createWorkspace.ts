/** Makes a workspace with what belongs into every new one. */
import type { Config } from '../config.ts'
import type { Db, Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { type Actor, audit, system } from './audit/audit.ts'
import {
  enterWorkspace,
  findWorkspaceBySlug,
  insertWorkspace,
  type NewWorkspace,
  updateWorkspace,
  type Workspace,
} from './store.ts'

/** The workspace of the environment's settings and of OREE_API_KEY. */
export const DEFAULT_SLUG = 'default'

/** Other rooms' part of a new workspace, such as its sandbox senders. Runs in the same transaction, inside it. */
export type WorkspaceHook = (tx: Sql, workspace: Workspace, now: Date) => Promise<void>

export interface Creation {
  readonly actor?: Actor
  readonly hooks?: readonly WorkspaceHook[]
}

/** `tx` is a transaction; it is turned to the new workspace and back. 409 when the slug is taken. */
export async function createWorkspace(
  tx: Sql,
  input: NewWorkspace,
  now: Date,
  creation: Creation = {},
): Promise<Workspace> {
  const workspace = await insertWorkspace(tx, input, now)
  if (!workspace)
    throw new AppError(
      'conflict',
      `There is a workspace ${input.slug} already. Choose another slug.`,
    )
  await furnish(tx, workspace, now, creation)
  return workspace
}

async function furnish(
  tx: Sql,
  workspace: Workspace,
  now: Date,
  { actor = system, hooks = [] }: Creation,
) {
  const before = await enterWorkspace(tx, workspace.id)
  for (const hook of hooks) await hook(tx, workspace, now)
  await audit(tx, workspace.id, {
    actor,
    at: now,
    action: 'workspace.created',
    target: workspace.id,
  })
  await enterWorkspace(tx, before)
}

/**
 * The default workspace, made on first start. Later starts give it the environment's time
 * zone and country again, where those are set. Safe in several processes at once.
 */
export async function ensureDefaultWorkspace(
  db: Db,
  config: Pick<Config, 'TIME_ZONE' | 'DEFAULT_COUNTRY' | 'SERVICE_NAME'>,
  hooks: readonly WorkspaceHook[] = [],
): Promise<Workspace> {
  const now = db.clock.now()
  const wanted: NewWorkspace = {
    slug: DEFAULT_SLUG,
    name: config.SERVICE_NAME,
    timeZone: config.TIME_ZONE,
    locale: 'en',
    defaultCountry: config.DEFAULT_COUNTRY ?? null,
  }
  return (await db.app.begin(async (tx) => {
    const made = await insertWorkspace(tx, wanted, now)
    if (made) {
      await furnish(tx, made, now, { hooks })
      return made
    }
    const found = (await findWorkspaceBySlug(tx, DEFAULT_SLUG))! // the insert met it
    const change = {
      ...(config.TIME_ZONE === 'UTC' ? {} : { timeZone: config.TIME_ZONE }),
      ...(config.DEFAULT_COUNTRY ? { defaultCountry: config.DEFAULT_COUNTRY } : {}),
    }
    return Object.keys(change).length > 0 ? (await updateWorkspace(tx, found.id, change))! : found
  })) as Workspace
}
