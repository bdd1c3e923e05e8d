/**
 * Uses the embedded database of another process, for tools beside a server. Starts and stops
 * nothing. Tools may own it too, for as long as they run; so that none of them stops it
 * under another's feet, one connection says from beginning to end that it is used:
 *
 *   whoever uses it   connects, then looks whether its owner stays
 *   a tool that ends  says that it leaves, waits until nobody else is connected, then stops it
 */
import { realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type DatabaseAddress } from './db.ts'
import { DATABASE, USER } from './embedded.ts'
import { isLeaving, livingOwner } from './owner.ts'
import { findPostmaster } from './postmaster.ts'

const PATIENCE_MS = 90_000 // recovery after a crash, or a tool that waits for others, takes a minute at most
const POLL_MS = 50

export interface Attached {
  readonly address: DatabaseAddress
  close(): Promise<void>
}

/** Undefined when no living process owns the folder. Waits while its owner is starting the database. */
export async function attachEmbedded(dataDir: string): Promise<Attached | undefined> {
  const folder = await realpath(resolve(dataDir)).catch(() => undefined)
  if (folder === undefined) return undefined
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const owner = await livingOwner(folder)
    if (owner === undefined) return undefined
    const attached = await tryAttaching(folder, owner)
    if (attached) return attached
    if (performance.now() > deadline) {
      throw new Error(`The server (process ${owner}) runs, but its database is not ready.`)
    }
    await sleep(POLL_MS)
  }
}

async function tryAttaching(folder: string, owner: number): Promise<Attached | undefined> {
  const found = await findPostmaster(join(folder, 'postgres'))
  if (found?.status !== 'ready' || (await isLeaving(folder))) return undefined
  const { socketDir, port } = found
  const address = { socketDir, port, database: DATABASE, user: USER }
  const sql = connect(address, {
    max: 1,
    fetch_types: false,
    connection: { application_name: 'beckon tool' },
  })
  const close = () => sql.end({ timeout: 1 })
  try {
    await sql`select 1`
    if ((await livingOwner(folder)) === owner && !(await isLeaving(folder)))
      return { address, close }
  } catch {
    // It is just ending, or was made and has no database of ours yet.
  }
  await close()
  return undefined
}
