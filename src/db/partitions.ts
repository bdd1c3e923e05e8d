/**
 * Tables that are kept in partitions of one stretch of time each. A partition is made before its time begins,
 * so that the default one stays empty; retention drops whole partitions instead of deleting rows.
 *
 * All of it runs as the owner, who alone may reach partitions directly.
 */
import type postgres from 'postgres'

export interface Partitioned {
  readonly table: string
  /** The column that tells the time. */
  readonly key: string
  /** Any number, the same in every version, and of nobody else. */
  readonly lock: number
  /** Names end with so much of a date: 7 characters are a month, 10 a day. */
  readonly precision: 7 | 10
  /** Stretches that are made before they begin. */
  readonly ahead: number
  /** When the stretch began that is `ahead` after that of `date`. */
  begin(date: Date, ahead: number): Date
  /** The least key of a moment. */
  keyAt(time: Date): string
}

/** Makes the partition of now and those of the next stretches. Answers the names of the new ones. */
export function ensurePartitions(
  owner: postgres.Sql,
  of: Partitioned,
  now: Date,
): Promise<string[]> {
  return owner.begin(async (sql) => {
    const there = new Set(await lockAndList(sql, of))
    const made: string[] = []
    for (let ahead = 0; ahead <= of.ahead; ahead++) {
      const from = of.begin(now, ahead)
      const name = nameOf(of, from)
      if (there.has(name)) continue
      await create(sql, of, { name, from: of.keyAt(from), to: of.keyAt(of.begin(from, 1)) })
      made.push(name)
    }
    return made
  })
}

/** Drops those that ended `keep` or more stretches before that of now, and rows outside that are so old. Answers the names. */
export function dropOldPartitions(
  owner: postgres.Sql,
  of: Partitioned,
  { keep, now }: { readonly keep: number; readonly now: Date },
): Promise<string[]> {
  return owner.begin(async (sql) => {
    const before = of.begin(now, -keep)
    const old = (await lockAndList(sql, of)).filter((name) => name < nameOf(of, before))
    for (const name of old) {
      await sql`alter table ${sql(of.table)} detach partition ${sql(name)}`
      await sql`drop table ${sql(name)}`
    }
    await sql`delete from ${defaultOf(sql, of)} where ${sql(of.key)} < ${of.keyAt(before)}`
    return old
  })
}

/** One process at a time, until the transaction ends. Oldest first. */
async function lockAndList(sql: postgres.TransactionSql, of: Partitioned): Promise<string[]> {
  await sql`select pg_advisory_xact_lock(${of.lock})`
  const rows = await sql<{ name: string }[]>`
    select c.relname as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${of.table}::text::regclass and c.relname ~ ${`^${of.table}_[0-9_]{${of.precision}}$`}
    order by 1
  `
  return rows.map((row) => row.name)
}

/** Moves into it what the default one has of its time. */
async function create(
  sql: postgres.TransactionSql,
  of: Partitioned,
  { name, from, to }: { readonly name: string; readonly from: string; readonly to: string },
): Promise<void> {
  const [part, outside, key] = [sql(name), defaultOf(sql, of), sql(of.key)]
  await sql`create table ${part} (like ${sql(of.table)} including defaults including constraints)`
  await sql`lock table ${outside} in access exclusive mode`
  await sql`insert into ${part} select * from ${outside} where ${key} >= ${from} and ${key} < ${to}`
  await sql`delete from ${outside} where ${key} >= ${from} and ${key} < ${to}`
  // Bounds are part of the statement and take no parameters; these are our own.
  const bounds = sql.unsafe(`from ('${from}') to ('${to}')`)
  await sql`alter table ${sql(of.table)} attach partition ${part} for values ${bounds}`
}

const defaultOf = (sql: postgres.TransactionSql, { table }: Partitioned) => sql(`${table}_default`)

/** Sorts as time does. */
const nameOf = ({ table, precision }: Partitioned, begin: Date): string =>
  `${table}_${begin.toISOString().slice(0, precision).replaceAll('-', '_')}`
