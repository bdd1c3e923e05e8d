/** Who else uses the database, and which processes of ours live. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../db/db.ts'

const PATIENCE_MS = 60_000
const POLL_MS = 100

/** Returns when no other connection is open to this database, or after a minute. */
export async function waitUntilAlone(sql: Sql): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const [row] = await sql<{ others: number }[]>`
      select count(*)::int as others
      from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
    `
    if (row?.others === 0) return
    await sleep(POLL_MS)
  }
}

export interface LivingProcess {
  readonly roles: readonly string[]
  readonly host: string
  readonly startedAt: Date
}

/** Those that hold their advisory lock; see db/presence.ts. */
async function livingProcesses(sql: Sql): Promise<LivingProcess[]> {
  return await sql<LivingProcess[]>`
    select p.roles, p.host, p.started_at
    from processes p
    where exists (
      select from pg_locks l
      join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and d.datname = current_database()
        and (l.classid::bigint << 32 | l.objid::bigint) = p.lock_key
    )
    order by p.started_at
  `
}

/** Does any living process send? */
export async function hasWorker(sql: Sql): Promise<boolean> {
  return (await livingProcesses(sql)).some((process) => process.roles.includes('work'))
}
