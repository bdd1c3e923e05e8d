/** The partitions of `events` in the catalogue. Run as the owner. */
import type postgres from 'postgres'

const LOCK = 7_236_002 // any number, the same in every version

/** One process at a time, until the transaction ends. */
export async function lockPartitions(sql: postgres.TransactionSql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK})`
}

/** Names of the months that exist, oldest first. */
export async function listMonths(sql: postgres.TransactionSql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events'::regclass and c.relname ~ '^events_[0-9]{4}_[0-9]{2}$'
    order by 1
  `
  return rows.map((row) => row.name)
}

/** Makes a partition, and moves into it what the default one has for that time. */
export async function createMonth(
  sql: postgres.TransactionSql,
  month: { name: string; from: Date; to: Date },
): Promise<void> {
  const { from, to } = month
  const name = sql(month.name)
  await sql`create table ${name} (like events including defaults including constraints)`
  await sql`lock table events_default in access exclusive mode`
  await sql`
    with moved as (
      delete from events_default
      where recorded_at >= ${from} and recorded_at < ${to}
      returning workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties
    )
    insert into ${name} (workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties)
    select workspace_id, id, name, contact_id, message_id, at, recorded_at, source, properties
    from moved
  `
  // Bounds are part of the statement and take no parameters; these are our own dates.
  const bounds = `from ('${from.toISOString()}') to ('${to.toISOString()}')`
  await sql`alter table events attach partition ${name} for values ${sql.unsafe(bounds)}`
}

export async function detachMonth(sql: postgres.TransactionSql, name: string): Promise<void> {
  await sql`alter table events detach partition ${sql(name)}`
  await sql`drop table ${sql(name)}`
}

export async function deleteOutsideMonths(
  sql: postgres.TransactionSql,
  before: Date,
): Promise<void> {
  await sql`delete from events_default where recorded_at < ${before}`
}
