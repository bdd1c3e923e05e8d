/**
 * Brings the schema up to date: the files of migrations/, in order, forward only, each in one
 * transaction together with its own entry. Each of these takes an advisory lock and looks again
 * what is missing, so that two processes at once take turns, and a connection that dies lets go.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type postgres from 'postgres'

const LOCK = 7_236_001 // any number below 2^32, the same in every version
const WAIT_SECONDS = 60 // for another process that migrates
const LOCK_NOT_AVAILABLE = '55P03'
const folder = join(import.meta.dirname, '../../migrations')

/** Applies what is missing and returns the names of what was applied. `sql` is the owner. */
export async function migrate(
  sql: postgres.Sql,
  { waitSeconds = WAIT_SECONDS }: { waitSeconds?: number } = {},
): Promise<string[]> {
  const applied: string[] = []
  for (;;) {
    const name = await nextMissing(sql)
    if (name === undefined) return applied
    const text = readFileSync(join(folder, name), 'utf8')
    if (await apply(sql, { name, text, waitSeconds })) applied.push(name)
  }
}

export function listMigrations(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
}

async function nextMissing(sql: postgres.Sql): Promise<string | undefined> {
  const [table] = await sql<
    { there: boolean }[]
  >`select to_regclass('migrations') is not null as there`
  const rows = table?.there ? await sql<{ name: string }[]>`select name from migrations` : []
  const done = new Set(rows.map((row) => row.name))
  return listMigrations().find((name) => !done.has(name))
}

/** False when another process was quicker. */
async function apply(
  sql: postgres.Sql,
  { name, text, waitSeconds }: { name: string; text: string; waitSeconds: number },
): Promise<boolean> {
  let ours = false
  try {
    return await sql.begin(async (tx) => {
      await tx`select set_config('lock_timeout', ${`${waitSeconds}s`}, true)`
      await tx`select pg_advisory_xact_lock(${LOCK})`
      ours = true
      await tx`select set_config('lock_timeout', '0', true)`
      await tx`create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())`
      const entered =
        await tx`insert into migrations (name) values (${name}) on conflict do nothing`
      if (entered.count === 0) return false
      await tx.unsafe(text).simple()
      return true
    })
  } catch (cause) {
    if (!ours && isLockTimeout(cause))
      throw new Error(await whoMigrates(sql, waitSeconds), { cause })
    if (!ours) throw cause
    const words = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Migration ${name} failed: ${words}`, { cause })
  }
}

const isLockTimeout = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE

async function whoMigrates(sql: postgres.Sql, waitSeconds: number): Promise<string> {
  const [holder] = await sql<
    { pid: number; name: string; client: string | null; state: string | null; since: Date | null }[]
  >`
    select a.pid, a.application_name as name, host(a.client_addr) as client, a.state, a.xact_start as since
    from pg_locks l
    join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.classid = 0 and l.objid = ${LOCK} and l.granted
      and l.database = (select oid from pg_database where datname = current_database())
    limit 1
  `
  const waited = `The database is being migrated by another process; waited ${waitSeconds} s for it.`
  if (!holder) return `${waited} It has ended meanwhile: start again.`
  const { pid, name, client, state, since } = holder
  const who = `PostgreSQL session ${pid} (${name || 'no name'}, ${client ?? 'this machine'}, ${state ?? 'state unknown'})`
  const from = since ? ` since ${since.toISOString()}` : ''
  return `${waited} It is ${who}${from}. Start again when it is done; if it hangs: select pg_terminate_backend(${pid})`
}
