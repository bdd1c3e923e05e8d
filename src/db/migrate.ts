/**
 * Brings the schema up to date: the files of migrations/, in order, forward only,
 * each in one transaction together with its own entry. Two processes at once are
 * ordered by an advisory lock.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type postgres from 'postgres'

const LOCK = 7_236_001 // any number, the same in every version
const folder = join(import.meta.dirname, '../../migrations')

/** Applies what is missing and returns the names of what was applied. `sql` is the owner. */
export async function migrate(sql: postgres.Sql): Promise<string[]> {
  const connection = await sql.reserve()
  try {
    await connection`select pg_advisory_lock(${LOCK})`
    await connection`create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())`
    const rows = await connection<{ name: string }[]>`select name from migrations`
    const done = new Set(rows.map((row) => row.name))
    const missing = listMigrations().filter((name) => !done.has(name))
    for (const name of missing) await apply(connection, name)
    return missing
  } finally {
    await connection`select pg_advisory_unlock(${LOCK})`
    connection.release()
  }
}

export function listMigrations(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
}

async function apply(connection: postgres.ReservedSql, name: string): Promise<void> {
  const text = readFileSync(join(folder, name), 'utf8')
  await connection`begin`
  try {
    await connection`insert into migrations (name) values (${name})`
    await connection.unsafe(text).simple()
    await connection`commit`
  } catch (cause) {
    await connection`rollback`
    throw new Error(`Migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  }
}
