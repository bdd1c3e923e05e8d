/**
 * What there is to apply, and what was applied. An entry has the SHA-256 of its file: when the
 * file was changed since, the database is not what this version expects.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type postgres from 'postgres'

const folder = join(import.meta.dirname, '../../migrations')

export function listMigrations(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
}

export interface Migration {
  readonly name: string
  readonly text: string
  readonly checksum: string
}

export function readMigration(name: string): Migration {
  const text = readFileSync(join(folder, name), 'utf8')
  return { name, text, checksum: createHash('sha256').update(text).digest('hex') }
}

export interface Entry {
  readonly name: string
  /** Null: applied before checksums were kept, or by a version that keeps none. */
  readonly checksum: string | null
}

export const changedSince = (entries: readonly Entry[], files: readonly Migration[]): string[] =>
  files
    .filter(({ name, checksum }) =>
      entries.some(
        (entry) => entry.name === name && entry.checksum !== null && entry.checksum !== checksum,
      ),
    )
    .map(({ name }) => name)

export const changedWords = (name: string) =>
  `Migration ${name} was applied to this database and its file has been changed since, so the database is not what this version expects.`

export const CHANGED_HINT =
  'Start the version that applied it, or start with a fresh database: another DATA_DIR, or another DATABASE_URL.'

/** Of everything applied. Looks first what the table has: a database of before has no checksums. */
export async function listEntries(sql: postgres.Sql): Promise<Entry[]> {
  const [kept] = await sql<{ names: boolean; checksums: boolean }[]>`
    select to_regclass('migrations') is not null as names, exists (
      select from pg_attribute
      where attrelid = to_regclass('migrations') and attname = 'checksum' and not attisdropped
    ) as checksums
  `
  if (!kept?.names) return []
  if (kept.checksums) return sql<Entry[]>`select name, checksum from migrations order by name`
  return sql<Entry[]>`select name, null as checksum from migrations order by name`
}
