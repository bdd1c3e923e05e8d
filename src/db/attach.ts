/** Finds the embedded database of a running server, for tools beside it. Starts and stops nothing. */
import { realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseAddress } from './db.ts'
import { DATABASE, USER } from './embedded.ts'
import { livingOwner } from './owner.ts'
import { findPostmaster } from './postmaster.ts'

const PATIENCE_MS = 60_000 // a server that recovers from a crash takes so long at most
const POLL_MS = 50

/** Undefined when no living process owns the folder. Waits while its owner is starting the database. */
export async function attachEmbedded(dataDir: string): Promise<DatabaseAddress | undefined> {
  const folder = await realpath(resolve(dataDir)).catch(() => undefined)
  if (folder === undefined) return undefined
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const owner = await livingOwner(folder)
    if (owner === undefined) return undefined
    const found = await findPostmaster(join(folder, 'postgres'))
    if (found?.status === 'ready') {
      return { socketDir: found.socketDir, port: found.port, database: DATABASE, user: USER }
    }
    if (performance.now() > deadline) {
      throw new Error(`The server (process ${owner}) runs, but its database is not ready.`)
    }
    await sleep(POLL_MS)
  }
}
