/** `beckon serve`: starts, says how to reach it, and stops in order when asked to. */
import { flushCompileCache } from 'node:module'
import type { Logger } from 'pino'
import { type App, allRoles, type Role, startApp } from '../app.ts'
import type { Config } from '../config.ts'
import { inWorkspace } from '../db/db.ts'
import { giveBackMemory } from '../lib/giveBackMemory.ts'
import { system } from '../workspaces/audit/audit.ts'
import { scopes } from '../workspaces/auth.ts'
import { createKey } from '../workspaces/keys/createKey.ts'
import { hasKeys } from '../workspaces/keys/store.ts'
import { createSetupLink } from '../workspaces/members/setupOwner.ts'
import { type Context, logOf, openGround, settingsOf } from './context.ts'
import { legacyFilesIn } from './importLegacy.ts'
import { takePort } from './takePort.ts'

const STOP_MS = 28_000 // then we end anyway; orchestrators kill after 30 s

export async function serve(context: Context, options: { roles: string }): Promise<void> {
  const config = await takePort(settingsOf(context))
  const roles = readRoles(options.roles)
  const log = logOf(config)
  for (const warning of config.warnings) log.warn(warning)
  const ground = await openGround(config, log)
  const app = await startApp({
    config,
    log,
    roles,
    address: ground.address,
    version: context.version,
  }).catch(async (error: unknown) => {
    await ground.close()
    throw error
  })
  stopWhenAsked(log, async () => {
    await app.stop()
    await ground.close()
  })
  await welcome(app, config)
  for (const file of roles.includes('serve') ? legacyFilesIn(config.DATA_DIR) : [])
    log.info(`${file} is of a service that Beckon replaces: beckon import legacy takes it over`)
  flushCompileCache() // bin/start says where; a process that is killed writes nothing at its end
  giveBackMemory()
  console.log(app.url ? `beckon ready on ${app.url}` : 'beckon ready to work')
}

function readRoles(text: string): Role[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !allRoles.some((role) => role === name))
  if (unknown !== undefined)
    throw new Error(`There is no role ${unknown}. Use ${allRoles.join(', ')}.`)
  return allRoles.filter((role) => names.includes(role))
}

/** On first start: where to create the owner, and a key for the API. Shown once, so printed rather than logged. */
async function welcome(app: App, config: Config): Promise<void> {
  const { db, defaultWorkspaceId: workspaceId } = app
  if (!app.url) return
  const link = await createSetupLink(db, config, workspaceId)
  if (link) console.log(`Create the owner (works once): ${link.url}`)
  const made = await inWorkspace(db, workspaceId, async (tx) => {
    if (await hasKeys(tx, workspaceId)) return undefined
    return createKey(
      tx,
      workspaceId,
      { name: 'First key', scopes: [...scopes], expiresAt: null },
      { actor: system, memberId: null, now: db.clock.now() },
    )
  })
  if (made) console.log(`API key (shown once): ${made.key}`)
}

function stopWhenAsked(log: Logger, stop: () => Promise<void>): void {
  let stopping = false
  const handle = (signal: NodeJS.Signals) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), STOP_MS).unref()
    stop().then(
      () => {
        log.info('stopped')
        process.exit(0)
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
}
