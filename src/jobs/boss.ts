/**
 * pg-boss over our driver: its tables in schema `pgboss`, made and kept by the owner of
 * the database. Requests put jobs in under their own role and may do nothing else there.
 */
import PgBoss from 'pg-boss'
import type postgres from 'postgres'
import { connect, type DatabaseAddress, type Sql } from '../db/db.ts'

const LOCK = 7_236_003 // any number, the same in every version

/** What pg-boss asks of a database. It reads `count` of the first row of its own updates. */
export function executor(sql: Sql): PgBoss.Db {
  return {
    async executeSql(text, values) {
      // Several statements in one text go by the simple protocol, which has no values.
      if (!values || values.length === 0) return { rows: [...(await sql.unsafe(text).simple())] }
      return { rows: [...(await sql.unsafe(text, values))] }
    },
  }
}

export interface BossConnection {
  readonly boss: PgBoss
  readonly sql: postgres.Sql
}

/**
 * Connects as the owner, once: pg-boss's upkeep is texts of `begin; …; commit`. Unlike the pools of db.ts this one renames no columns and leaves
 * text given for JSON as it is: pg-boss turns its values into JSON itself.
 */
export function connectBoss(
  address: DatabaseAddress,
  options: Omit<PgBoss.ConstructorOptions, 'db'>,
): BossConnection {
  const sql = connect(address, {
    max: 1,
    transform: { undefined: null },
    connection: { application_name: 'beckon jobs' },
    types: { json: { to: 114, from: [114, 3802], serialize: asJson, parse: JSON.parse } },
  })
  return { boss: new PgBoss({ ...options, db: executor(sql), schedule: false }), sql }
}

function asJson(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** One process at a time: pg-boss's making of a schema and of queues deadlocks with itself. */
export async function alone(sql: postgres.Sql, work: () => Promise<void>): Promise<void> {
  await sql`select pg_advisory_lock(${LOCK})`
  try {
    await work()
  } finally {
    await sql`select pg_advisory_unlock(${LOCK})`
  }
}

export async function grantEnqueue(sql: postgres.Sql): Promise<void> {
  await sql`grant usage on schema pgboss to beckon_app, beckon_engine`
  await sql`grant select on pgboss.queue to beckon_app, beckon_engine`
  await sql`grant insert, select (id) on pgboss.job to beckon_app, beckon_engine`
}

/** Names of the queues that have work that is due. */
export async function dueQueues(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select q.name
    from pgboss.queue q
    where exists (
      select from pgboss.job j where j.name = q.name and j.state < 'active' and j.start_after < now()
    )
  `
  return rows.map((row) => row.name)
}
