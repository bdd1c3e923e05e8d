/**
 * Where the time goes, for `--profile`: Node's CPU profile of the server beside what its
 * statements cost the database.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type postgres from 'postgres'

const SHOWN = 25 // statements
const MAX_TEXT = 160 // characters of one

/** Lets the embedded database count its statements; counts after its next start. */
export function countStatements(dataDir: string): Promise<void> {
  const lines = "shared_preload_libraries = 'pg_stat_statements'\n"
  return writeFile(join(dataDir, 'postgres/local.conf'), lines, { mode: 0o644 })
}

/** `sql` is the superuser's. */
export async function writeStatements(sql: postgres.Sql, path: string): Promise<void> {
  await sql`create extension if not exists pg_stat_statements`
  const rows = await sql<{ calls: number; ms: number; rows: number; query: string }[]>`
    select calls, round(total_exec_time) as ms, rows, regexp_replace(query, '\\s+', ' ', 'g') as query
    from pg_stat_statements
    order by total_exec_time desc
    limit ${SHOWN}
  `
  const lines = rows.map(({ calls, ms, rows: touched, query }) => {
    const figures = [`${ms} ms`.padStart(10), `${calls} calls`.padStart(14)]
    return `${figures.join('')} ${`${touched} rows`.padStart(13)}  ${query.slice(0, MAX_TEXT)}`
  })
  await writeFile(path, `${lines.join('\n')}\n`)
}
