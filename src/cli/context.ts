/** What every command begins with: settings, log, database. */
import { realpath } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Logger } from 'pino'
import { senderFaults } from '../channels/environment.ts'
import { type Config, readConfig } from '../config.ts'
import { attachEmbedded } from '../db/attach.ts'
import { connect, type DatabaseAddress } from '../db/db.ts'
import { startEmbedded } from '../db/embedded.ts'
import { announceLeaving, NotOwner } from '../db/owner.ts'
import { createLog } from '../lib/log.ts'
import { waitUntilAlone } from './ground.store.ts'

export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
}

const root = join(import.meta.dirname, '../..')
const TURN_MS = 500 // a tool waits so long for an owner that is just going, then looks again
const TURNS = 60

/** Settings, with DATA_DIR made absolute: a relative one means beside the program, wherever it was started. */
export function settingsOf({ env }: Context): Config {
  const config = readConfig(env, { terminal: process.stdout.isTTY, faultsOf: senderFaults })
  return { ...config, DATA_DIR: dataDirOf(config.DATA_DIR) }
}

function dataDirOf(path: string): string {
  return isAbsolute(path) ? path : join(root, path)
}

export function logOf(config: Config): Logger {
  return createLog({
    level: config.LOG_LEVEL,
    pretty: config.LOG_FORMAT === 'pretty',
    showAddresses: config.LOG_PII,
  })
}

export interface Ground {
  readonly address: DatabaseAddress
  /** Stops the embedded database, if this command started it. */
  close(): Promise<void>
}

/** The database that DATABASE_URL names, else the embedded one. */
export async function openGround(config: Config, log: Logger): Promise<Ground> {
  if (config.DATABASE_URL !== undefined)
    return { address: { url: config.DATABASE_URL }, close: async () => {} }
  return startOwn(config, (line) => log.info(line))
}

/** For tools, which may run beside a server: then its embedded database is used and left running. */
export async function openToolGround(
  config: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>,
): Promise<Ground & { readonly beside: boolean }> {
  if (config.DATABASE_URL !== undefined)
    return { address: { url: config.DATABASE_URL }, beside: false, close: async () => {} }
  for (let turn = 1; ; turn++) {
    const attached = await attachEmbedded(config.DATA_DIR)
    if (attached) return { ...attached, beside: true }
    try {
      const own = await startOwn(config, () => {}, TURN_MS)
      return { ...own, beside: false, close: () => leave(own, config.DATA_DIR) }
    } catch (error) {
      // Somebody was quicker: then there is a database to use.
      if (!(error instanceof NotOwner) || turn >= TURNS) throw error
    }
  }
}

async function startOwn(
  config: Pick<Config, 'DATA_DIR'>,
  log: (line: string) => void,
  patience?: number,
): Promise<Ground> {
  const embedded = await startEmbedded({
    dataDir: config.DATA_DIR,
    log,
    ...(patience === undefined ? {} : { patience }),
  })
  const { socketDir, port, database, user } = embedded
  return { address: { socketDir, port, database, user }, close: () => embedded.stop() }
}

/** Other tools may be using the database that this one started; see db/attach.ts. */
async function leave(own: Ground, dataDir: string): Promise<void> {
  await announceLeaving(await realpath(dataDir))
  const sql = connect(own.address, { max: 1, connect_timeout: 2 })
  await waitUntilAlone(sql).catch(() => {}) // it is gone already
  await sql.end({ timeout: 1 })
  await own.close()
}
