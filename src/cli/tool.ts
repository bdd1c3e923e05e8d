/** A tool's surroundings: the database as the server has it, and the workspace that was named. */
import { pino } from 'pino'
import type { Sealing } from '../channels/settings.ts'
import type { Config } from '../config.ts'
import { connect, type DatabaseAddress, type Db, openDb } from '../db/db.ts'
import { listEntries, listMigrations } from '../db/migrations.ts'
import { AppError } from '../errors.ts'
import { open, seal } from '../lib/crypt.ts'
import { loadSecrets, type Secrets } from '../lib/secrets.ts'
import {
  DEFAULT_SLUG,
  ensureDefaultWorkspace,
  type WorkspaceHook,
} from '../workspaces/createWorkspace.ts'
import { findWorkspaceBySlug, type Workspace } from '../workspaces/store.ts'
import { type Context, openToolGround, settingsOf } from './context.ts'
import { createOutput, type Flags, type Output, printError } from './output.ts'

const CONNECTIONS = 4
const SIGNALLED = 130

export const silent = pino({ level: 'silent' })

export interface Tool {
  readonly config: Config
  readonly version: string
  readonly address: DatabaseAddress
  readonly db: Db
  readonly secrets: Secrets
  readonly sealing: Sealing
  /**
   * What belongs into every new workspace. It reads all rooms, which most tools do without: ask before
   * the transaction, which must not wait for that.
   */
  hooks(): Promise<readonly WorkspaceHook[]>
  readonly out: Output
  /** By its slug; the default workspace is made when there is none. 404. */
  workspace(slug?: string): Promise<Workspace>
}

/** Runs a command's body; its error is printed and becomes exit code 1. */
export async function runTool(flags: Flags, body: (out: Output) => Promise<void>): Promise<void> {
  try {
    await body(createOutput(flags))
  } catch (error) {
    printError(error, flags)
    process.exitCode = 1
  }
}

/** Opens the database, up to date, for the time of `work`. */
export function withTool(
  context: Context,
  flags: Flags,
  work: (tool: Tool) => Promise<void>,
): Promise<void> {
  return runTool(flags, async (out) => {
    const config = settingsOf(context)
    const ground = await openToolGround(config)
    const stop = () => void ground.close().finally(() => process.exit(SIGNALLED))
    process.once('SIGINT', stop).once('SIGTERM', stop)
    try {
      if (ground.beside) await requireSameVersion(ground.address)
      else await (await import('../app/migrateAs.ts')).migrateAs(ground.address, silent, config)
      const db = await openDb(ground.address, { connections: CONNECTIONS })
      try {
        await work(await toolOf(context, config, ground.address, db, out))
      } finally {
        await db.close()
      }
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop)
      await ground.close()
    }
  })
}

async function toolOf(
  { version }: Context,
  config: Config,
  address: DatabaseAddress,
  db: Db,
  out: Output,
): Promise<Tool> {
  const secrets = await loadSecrets(config, config.DATA_DIR)
  const sealing = {
    seal: (text: string, about: string) => seal(secrets.encryptionKey, text, about),
    unseal: (sealed: string, about: string) => open(secrets.encryptionKey, sealed, about),
  }
  const hooks = async () => (await import('../app/provision.ts')).workspaceHooks(sealing)
  const workspace = async (slug = DEFAULT_SLUG) => {
    const found = await findWorkspaceBySlug(db.app, slug)
    if (found) return found
    if (slug === DEFAULT_SLUG) return ensureDefaultWorkspace(db, config, await hooks())
    throw new AppError(
      'not_found',
      `There is no workspace ${slug}. \`beckon workspace list\` tells which there are.`,
    )
  }
  return { config, version, address, db, secrets, sealing, hooks, out, workspace }
}

/** A running server migrates at its start; this tool may be of a newer release than it. */
async function requireSameVersion(address: DatabaseAddress): Promise<void> {
  const sql = connect(address, { max: 1 })
  try {
    const applied = new Set((await listEntries(sql)).map(({ name }) => name))
    if (listMigrations().every((name) => applied.has(name))) return
    throw new AppError(
      'conflict',
      'The running server is of an older version. Restart it, then try again.',
    )
  } finally {
    await sql.end({ timeout: 1 })
  }
}
