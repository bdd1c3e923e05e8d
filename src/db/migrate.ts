/**
 * Brings the schema up to date: the files of migrations/, in order, forward only, each in one
 * transaction together with its own entry. Each of these takes an advisory lock and looks again
 * what is missing, so that two processes at once take turns, and a connection that dies lets go.
 * A database that has a file as it was before it was changed is left alone.
 */
import type postgres from 'postgres'
import {
  CHANGED_HINT,
  changedSince,
  changedWords,
  listEntries,
  listMigrations,
  type Migration,
  readMigration,
} from './migrations.ts'

const LOCK = 7_236_001 // any number below 2^32, the same in every version
const WAIT_SECONDS = 60 // for another process that migrates
const LOCK_NOT_AVAILABLE = '55P03'

/** Applies what is missing and returns the names of what was applied. `sql` is the owner. */
export async function migrate(
  sql: postgres.Sql,
  { waitSeconds = WAIT_SECONDS }: { waitSeconds?: number } = {},
): Promise<string[]> {
  const applied: string[] = []
  const files = listMigrations().map(readMigration)
  await noteChecksums(sql, files, waitSeconds)
  for (;;) {
    const entries = await listEntries(sql)
    const [changed] = changedSince(entries, files)
    if (changed !== undefined) throw new Error(`${changedWords(changed)} ${CHANGED_HINT}`)
    const next = files.find(({ name }) => !entries.some((entry) => entry.name === name))
    if (next === undefined) return applied
    if (await apply(sql, next, waitSeconds)) applied.push(next.name)
  }
}

/** What was applied without a checksum is taken for what its file is now. */
async function noteChecksums(
  sql: postgres.Sql,
  files: readonly Migration[],
  waitSeconds: number,
): Promise<void> {
  const unnoted = (await listEntries(sql)).filter(({ checksum }) => checksum === null)
  const known = files.filter(({ name }) => unnoted.some((entry) => entry.name === name))
  if (known.length === 0) return
  await locked(sql, waitSeconds, async (tx) => {
    await makeTable(tx)
    for (const { name, checksum } of known)
      await tx`update migrations set checksum = ${checksum} where name = ${name} and checksum is null`
  })
}

/** False when another process was quicker. */
function apply(sql: postgres.Sql, migration: Migration, waitSeconds: number): Promise<boolean> {
  const { name, text, checksum } = migration
  return locked(sql, waitSeconds, async (tx) => {
    await makeTable(tx)
    const entered =
      await tx`insert into migrations (name, checksum) values (${name}, ${checksum}) on conflict do nothing`
    if (entered.count === 0) return false
    await tx
      .unsafe(text)
      .simple()
      .catch((cause: unknown) => {
        const words = cause instanceof Error ? cause.message : String(cause)
        throw new Error(`Migration ${name} failed: ${words}`, { cause })
      })
    return true
  })
}

async function makeTable(tx: postgres.TransactionSql): Promise<void> {
  await tx`create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())`
  const [kept] = await tx`
    select from pg_attribute
    where attrelid = 'migrations'::regclass and attname = 'checksum' and not attisdropped
  `
  // Only where it is of before: to alter a table locks out everybody who looks what was applied.
  if (!kept) await tx`alter table migrations add column checksum text`
}

/** In a transaction that no other process migrates beside. */
async function locked<T>(
  sql: postgres.Sql,
  waitSeconds: number,
  work: (tx: postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  let ours = false
  try {
    return (await sql.begin(async (tx) => {
      await tx`select set_config('lock_timeout', ${`${waitSeconds}s`}, true)`
      await tx`select pg_advisory_xact_lock(${LOCK})`
      ours = true
      await tx`select set_config('lock_timeout', '0', true)`
      return work(tx)
    })) as T // the driver unwraps arrays of promises; ours is none
  } catch (cause) {
    if (ours || !isLockTimeout(cause)) throw cause
    throw new Error(await whoMigrates(sql, waitSeconds), { cause })
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
