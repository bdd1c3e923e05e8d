/** Failed logins in the database, one row per thing that is counted. */
import type { Sql } from '../../db/db.ts'

/** Counts one more. A window that is over begins anew and ends at `endsAt`. */
export async function countAttempt(
  sql: Sql,
  key: string,
  now: Date,
  endsAt: Date,
): Promise<{ failures: number; endsAt: Date }> {
  const [row] = await sql<{ failures: number; endsAt: Date }[]>`
    insert into login_attempts as a (key, failures, ends_at)
    values (${key}, 1, ${endsAt})
    on conflict (key) do update set
      failures = case when a.ends_at <= ${now} then 1 else a.failures + 1 end,
      ends_at = case when a.ends_at <= ${now} then excluded.ends_at else a.ends_at end
    returning failures, ends_at
  `
  return row!
}

export async function uncountAttempts(sql: Sql, keys: readonly string[]): Promise<void> {
  await sql`
    update login_attempts set failures = failures - 1 where key = any(${[...keys]}) and failures > 0
  `
}

export async function dropAttempts(sql: Sql, keys: readonly string[]): Promise<void> {
  await sql`delete from login_attempts where key = any(${[...keys]})`
}

/** Forgets windows that are over. */
export async function deletePastAttempts(sql: Sql, now: Date): Promise<number> {
  const rows = await sql`delete from login_attempts where ends_at <= ${now}`
  return rows.count
}
