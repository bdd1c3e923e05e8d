/** What every command begins with: settings, log, database. */
import { isAbsolute, join } from 'node:path'
import type { Logger } from 'pino'
import { type Config, readConfig } from '../config.ts'
import type { DatabaseAddress } from '../db/db.ts'
import { startEmbedded } from '../db/embedded.ts'
import { createLog } from '../lib/log.ts'

export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
}

const root = join(import.meta.dirname, '../..')

/** Settings, with DATA_DIR made absolute: a relative one means beside the program, wherever it was started. */
export function settingsOf({ env }: Context): Config {
  const config = readConfig(env, { terminal: process.stdout.isTTY })
  return isAbsolute(config.DATA_DIR) ? config : { ...config, DATA_DIR: join(root, config.DATA_DIR) }
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
  const embedded = await startEmbedded({ dataDir: config.DATA_DIR, log: (line) => log.info(line) })
  const { socketDir, port, database, user } = embedded
  return { address: { socketDir, port, database, user }, close: () => embedded.stop() }
}
