/** The partitions of `api_requests` in the catalogue. Run as the owner. */
import type postgres from 'postgres'

const LOCK = 7_236_003 // any number, the same in every version

/** One process at a time, until the transaction ends. */
export async function lockDays(sql: postgres.TransactionSql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK})`
}

/** Names of the days that exist, oldest first. */
export async function listDays(sql: postgres.TransactionSql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'api_requests'::regclass and c.relname ~ '^api_requests_[0-9]{4}_[0-9]{2}_[0-9]{2}$'
    order by 1
  `
  return rows.map((row) => row.name)
}

/** Makes a partition of these ids, and moves into it what the default one has of them. */
export async function createDay(
  sql: postgres.TransactionSql,
  day: { readonly name: string; readonly from: string; readonly to: string },
): Promise<void> {
  const { from, to } = day
  const name = sql(day.name)
  await sql`create table ${name} (like api_requests including defaults including constraints)`
  await sql`lock table api_requests_default in access exclusive mode`
  await sql`insert into ${name} select * from api_requests_default where id >= ${from} and id < ${to}`
  await sql`delete from api_requests_default where id >= ${from} and id < ${to}`
  // Bounds are part of the statement and take no parameters; these are our own ids.
  const bounds = `from ('${from}') to ('${to}')`
  await sql`alter table api_requests attach partition ${name} for values ${sql.unsafe(bounds)}`
}

export async function dropDay(sql: postgres.TransactionSql, name: string): Promise<void> {
  await sql`alter table api_requests detach partition ${sql(name)}`
  await sql`drop table ${sql(name)}`
}

export async function deleteOutsideDays(
  sql: postgres.TransactionSql,
  before: string,
): Promise<void> {
  await sql`delete from api_requests_default where id < ${before}`
}
