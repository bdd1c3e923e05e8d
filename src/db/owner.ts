/**
 * One Beckon process owns DATA_DIR. Two things say so:
 *
 *   a session lock in PostgreSQL   the guarantee: the kernel ends the session with the process,
 *                                  so it is neither kept by the dead nor given to two
 *   beckon.lock with our pid       tells who owns it while PostgreSQL is down, and names it to people
 */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type Postgres from 'postgres'
import { postgres } from './driver.ts'
import type { Postmaster } from './postmaster.ts'
import { startedAt } from './processes.ts'

const POLL = 50 // ms
const LOCK_KEY = 0x0bec_c011 // any number, the same for ever

export const SUPERUSER = 'postgres'

/** Waits `patience` ms for another living owner to go, then refuses. */
export async function waitForOwner(folder: string, patience: number): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    const owner = await livingOwner(folder)
    if (!owner) return
    if (performance.now() > deadline) throw new NotOwner(folder, owner)
    await sleep(POLL)
  }
}

/** The pid of another living process that owns the folder. */
export async function livingOwner(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'beckon.lock'), 'utf8').catch(() => '')
  const [pid, started] = text.trim().split(/ (.*)/)
  if (!pid || !started || Number(pid) === process.pid) return undefined
  return (await startedAt(Number(pid))) === started ? Number(pid) : undefined
}

/** Another process owns the folder. */
export class NotOwner extends Error {
  override name = 'NotOwner'
  constructor(folder: string, pid?: number) {
    super(
      `${folder} belongs to another running Beckon${pid ? ` (process ${pid})` : ''}. ` +
        'Stop it first; to run several, let them share a PostgreSQL that DATABASE_URL names.',
    )
  }
}

export async function writeOwner(folder: string): Promise<void> {
  const line = `${process.pid} ${await startedAt(process.pid)}\n`
  await writeFile(join(folder, 'beckon.lock'), line, { mode: 0o600 })
}

const LEAVING = 'leaving'

/** Still the owner, but about to stop the database: nobody new may begin to use it. */
export function announceLeaving(folder: string): Promise<void> {
  return appendFile(join(folder, 'beckon.lock'), `${LEAVING}\n`)
}

export async function isLeaving(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'beckon.lock'), 'utf8').catch(() => '')
  return text.split('\n')[1] === LEAVING
}

/** Gives the folder up, unless somebody else has taken it meanwhile. */
export async function removeOwner(folder: string): Promise<void> {
  const path = join(folder, 'beckon.lock')
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text.startsWith(`${process.pid} `)) await rm(path, { force: true })
}

/** Holds the session lock until it is ended. `onClose` runs when PostgreSQL takes it from us. */
export async function takeOwnership(
  folder: string,
  at: Postmaster,
  patience: number,
  onClose: () => void,
): Promise<Postgres.Sql> {
  let owned = false
  const sql = session(at, () => {
    if (owned) onClose()
    owned = false
  })
  const deadline = performance.now() + patience
  try {
    while (!owned) {
      const [row] = await sql<{ taken: boolean }[]>`
        select pg_try_advisory_lock(${LOCK_KEY}) as taken
      `
      owned = row?.taken === true
      if (!owned && performance.now() > deadline) throw new NotOwner(folder)
      if (!owned) await sleep(POLL)
    }
    return sql
  } catch (error) {
    await sql.end({ timeout: 1 })
    throw error
  }
}

/** One connection as the superuser, kept for as long as we own the folder. */
function session(at: Postmaster, onclose: () => void): Postgres.Sql {
  return postgres({
    host: at.socketDir,
    port: at.port,
    database: 'postgres',
    username: SUPERUSER,
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    connection: { application_name: 'beckon owner' },
    onnotice: () => {},
    onclose,
  })
}
