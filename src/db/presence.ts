/**
 * Which server processes live. Each holds an advisory lock on a connection of its own;
 * when it dies, however it dies, the database lets the lock go, and whoever asks next
 * knows that its leases are free. Nobody has to trust a clock for that.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { connect, type DatabaseAddress, type Db } from './db.ts'

export interface Presence {
  readonly processId: string
  /** Processes that were registered and hold their lock no more. */
  deadProcesses(): Promise<string[]>
  /** This process's part of the work among those that live and work, as of the last `deadProcesses`. */
  share(): { readonly index: number; readonly of: number }
  /** Forgets processes whose leases have been taken back. */
  bury(processIds: readonly string[]): Promise<void>
  close(): Promise<void>
}

// So that the server notices a half-open link, and frees its lock, within half a minute.
const keepalives = {
  tcp_keepalives_idle: 10, // seconds of silence before the first question
  tcp_keepalives_interval: 5, // seconds between questions
  tcp_keepalives_count: 3, // unanswered ones
}
const REGISTER_AGAIN_MS = 500

export async function announce(
  db: Db,
  address: DatabaseAddress,
  roles: readonly string[],
): Promise<Presence> {
  const processId = randomUUID()
  const lockKey = randomBytes(6).readUIntBE(0, 6)
  const register = async () => {
    await lock`select pg_advisory_lock(${lockKey})`
    const now = db.clock.now()
    await lock`
      insert into processes (id, lock_key, host, roles, started_at, seen_at)
      values (${processId}, ${lockKey}, ${hostname()}, ${[...roles]}, ${now}, ${now})
      on conflict (id) do update set seen_at = excluded.seen_at
    `
  }
  const registerAgain = () => {
    register().catch(() => {
      if (!closing) setTimeout(registerAgain, REGISTER_AGAIN_MS).unref()
    })
  }
  const lock = connect(address, {
    max: 1,
    idle_timeout: 0,
    connection: { application_name: 'beckon presence', ...keepalives },
    // The database restarted: take the lock again before somebody counts us among the dead.
    onclose: () => {
      if (!closing) registerAgain()
    },
  })
  let closing = false
  let share = { index: 0, of: 1 }
  await register()
  return {
    processId,
    share: () => share,
    deadProcesses: async () => {
      const rows = await db.engine<{ id: string; works: boolean; dead: boolean }[]>`
        select id, 'work' = any (roles) as works,
          id <> ${processId} and case when pg_try_advisory_lock(lock_key) then pg_advisory_unlock(lock_key) else false end as dead
        from processes
        order by id
      `
      await db.engine`update processes set seen_at = ${db.clock.now()} where id = ${processId}`
      const workers = rows.filter((row) => row.works && !row.dead).map((row) => row.id)
      const index = workers.indexOf(processId)
      share = index < 0 ? { index: 0, of: 1 } : { index, of: workers.length }
      return rows.filter((row) => row.dead).map((row) => row.id)
    },
    bury: async (processIds) => {
      await db.engine`delete from processes where id = any(${[...processIds]}::uuid[])`
    },
    close: async () => {
      closing = true
      await lock`delete from processes where id = ${processId}`.catch(() => {})
      await lock.end({ timeout: 2 })
    },
  }
}
