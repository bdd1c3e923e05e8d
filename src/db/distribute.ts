/**
 * What Citus has to be told to keep each workspace's rows together on one of its nodes. On an empty
 * database, right after `migrate`: foreign keys may not be there while a table is distributed, so
 * they are dropped first and added again last. All of it is one transaction.
 *
 *   distributed  by workspace_id, beside each other, so that a workspace's joins stay on a node
 *   reference    a copy on each node: what is read before the workspace is known
 *   local        on the coordinator only: what nobody joins with the rest
 */
import type Postgres from 'postgres'
import type { Sql } from './db.ts'

/** Without a workspace, or read by something else than it: see migrations/0001. */
const REFERENCE = [
  ...['workspaces', 'members', 'memberships', 'sessions', 'api_keys', 'one_time_tokens'],
  ...['login_attempts', 'processes'],
] as const
const LOCAL = ['migrations'] as const
const COLUMN = 'workspace_id'
const FIRST = 'contacts' // the others are placed as it is

interface Placement {
  readonly reference: readonly string[]
  readonly distributed: readonly string[]
  readonly local: readonly string[]
}

interface Table {
  readonly name: string
  /** Whether each of its keys holds the workspace. */
  readonly keyed: boolean
}

interface ForeignKey {
  readonly table: string
  readonly name: string
  readonly definition: string
}

/** Raises when there is a table that it has no place for. */
export async function planDistribution(
  sql: Sql,
): Promise<{ placement: Placement; statements: string[] }> {
  const tables = await listTables(sql)
  const placement = placeTables(tables)
  const keys = await listForeignKeys(sql)
  const { reference, distributed } = placement
  const ordered = [FIRST, ...distributed.filter((name) => name !== FIRST)]
  const statements = [
    "set local citus.multi_shard_modify_mode to 'sequential'",
    ...keys.map(({ table, name }) => `alter table ${table} drop constraint ${name}`),
    ...reference.map((name) => `select create_reference_table('${name}')`),
    ...ordered.map(
      (name) =>
        `select create_distributed_table('${name}', '${COLUMN}', colocate_with => '${name === FIRST ? 'none' : FIRST}')`,
    ),
    ...keys.map(
      ({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`,
    ),
  ]
  return { placement, statements }
}

function placeTables(tables: readonly Table[]): Placement {
  const names = tables.map((table) => table.name)
  const gone = [...REFERENCE, ...LOCAL].filter((name) => !names.includes(name))
  const fixed = new Set<string>([...REFERENCE, ...LOCAL])
  const rest = tables.filter((table) => !fixed.has(table.name))
  const unplaced = rest.filter((table) => !table.keyed).map((table) => table.name)
  if (gone.length > 0 || unplaced.length > 0)
    throw new Error(
      `src/db/distribute.ts has no place for ${[...gone, ...unplaced].join(', ')}: a key without ${COLUMN}, or a table that is gone.`,
    )
  return { reference: REFERENCE, distributed: rest.map((table) => table.name), local: LOCAL }
}

/** Tables of ours, without partitions: those follow their table. */
function listTables(sql: Sql) {
  return sql<Table[]>`
    select c.relname as name,
      exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) and not exists (
        select from pg_index i
        where i.indrelid = c.oid and i.indisunique and not exists (
          select from pg_attribute a
          where a.attrelid = c.oid and a.attname = ${COLUMN} and a.attnum = any (i.indkey::int2[])
        )
      ) as keyed
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname
  `
}

function listForeignKeys(sql: Sql) {
  return sql<ForeignKey[]>`
    select r.relname as table, c.conname as name, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    join pg_class r on r.oid = c.conrelid
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not r.relispartition
    order by r.relname, c.conname
  `
}

/** Carries the plan out as the owner; undefined when Citus is not there. Raises when there are rows already. */
export async function distribute(
  sql: Postgres.Sql,
): Promise<{ version: string; statements: number } | undefined> {
  const [citus] = await sql<{ version: string }[]>`
    select extversion as version from pg_extension where extname = 'citus'
  `
  if (!citus) return undefined
  return sql.begin(async (tx) => {
    const [row] = await tx`select from workspaces limit 1`
    if (row)
      throw new Error(
        'There are rows in the database. Distribute it right after `beckon migrate`, before a start.',
      )
    const { statements } = await planDistribution(tx)
    for (const statement of statements) await tx.unsafe(statement)
    return { version: citus.version, statements: statements.length }
  })
}
