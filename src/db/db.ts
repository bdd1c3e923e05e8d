/**
 * The way to PostgreSQL: two pools, one clock, one kind of transaction.
 *
 * `app` connections are role beckon_app and see one workspace, the one that
 * `inWorkspace` names; `engine` connections are role beckon_engine and serve
 * claiming, settling and group commits over several workspaces.
 */
import type Postgres from 'postgres'
import { postgres } from './driver.ts'
import { serverUrl, socketAddress } from './socketUrl.ts'

export type Sql = Postgres.Sql | Postgres.TransactionSql
export type Json = Postgres.JSONValue
/** An error that PostgreSQL itself reported, with its SQLSTATE as `code`. */
export const { PostgresError } = postgres

export interface Db {
  readonly app: Postgres.Sql
  readonly engine: Postgres.Sql
  readonly clock: Clock
  close(): Promise<void>
}

/** Where time comes from. Statements about due times and leases take it as a parameter. */
export interface Clock {
  now(): Date
}

export interface DatabaseAddress {
  /** A connection string, or undefined when `socketDir` is given. */
  readonly url?: string | undefined
  /** Folder of the unix socket of the embedded database. */
  readonly socketDir?: string | undefined
  readonly port?: number | undefined
  readonly database?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
}

/**
 * Renames columns only. `postgres.camel` would also rename keys inside jsonb,
 * which belong to customers.
 */
const transform = { column: { from: postgres.toCamel }, undefined: null } as const

const CONNECT_SECONDS = 3 // a try that PostgreSQL's own restart swallowed is given up then, with whoever waited for it

/** Before another try to connect. The driver's own waits grow to 20 s, long after the database is back. */
const reconnectSeconds = (tries: number) =>
  Math.min(0.05 * 2 ** tries, 1) * (0.5 + Math.random() / 2)

export function connect(
  address: DatabaseAddress,
  options: Postgres.Options<Record<string, Postgres.PostgresType>> = {},
) {
  const settings: Postgres.Options<Record<string, Postgres.PostgresType>> = {
    transform,
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    connect_timeout: CONNECT_SECONDS,
    backoff: reconnectSeconds,
    idle_timeout: 0,
    max_lifetime: null,
    ...options,
  }
  const socket = address.url === undefined ? address : socketAddress(address.url)
  if (socket === undefined && address.url !== undefined)
    return postgres(serverUrl(address.url), settings)
  return postgres({
    ...settings,
    host: socket?.socketDir ?? 'localhost',
    port: socket?.port ?? 5432,
    database: socket?.database ?? 'beckon',
    user: socket?.user ?? 'beckon',
    ...(socket?.password === undefined ? {} : { password: socket.password }),
  })
}

const APP_TIMEOUT_MS = 15_000
const ENGINE_TIMEOUT_MS = 60_000
const LOCK_TIMEOUT_MS = 3_000
const IDLE_IN_TRANSACTION_MS = 10_000

/**
 * The engine's statements are batches of index look-ups. Plans (also those of foreign keys)
 * are kept per session, and one made while a table was small scans it for ever: accepting
 * 20,000 messages on a fresh database took 32 s so and 3 s with these.
 */
const lookUps = {
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_sort: 'off',
}

/** Opens both pools. `connections` are shared out between them. */
export async function openDb(
  address: DatabaseAddress,
  options: { connections: number; clock?: Clock },
): Promise<Db> {
  const roles = await hasRoles(address)
  const pool = (role: string, max: number, timeout: number, planner: Record<string, string> = {}) =>
    connect(address, {
      max,
      connection: {
        ...(roles ? { role } : { 'app.role': role }),
        application_name: 'beckon',
        statement_timeout: timeout,
        lock_timeout: LOCK_TIMEOUT_MS,
        idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
        ...planner,
      },
    })
  const half = Math.max(1, Math.floor(options.connections / 2))
  const app = pool('beckon_app', half, APP_TIMEOUT_MS)
  const engine = pool('beckon_engine', half, ENGINE_TIMEOUT_MS, lookUps)
  const clock = options.clock
    ? { clock: options.clock, stop: () => {} }
    : await databaseClock(engine)
  return {
    app,
    engine,
    clock: clock.clock,
    close: async () => {
      clock.stop()
      await Promise.all([app.end({ timeout: 5 }), engine.end({ timeout: 5 })])
    },
  }
}

/**
 * An array parameter of times, booleans or bytes. The driver takes the type of an array from
 * its first element and would send `timestamptz` for `timestamptz[]`; as text the server decides.
 * Booleans and bytes must be cast by way of text, `::text[]::boolean[]`: asked for `boolean[]`,
 * the driver takes every string for false, and bytes it would encode a second time.
 */
export function asText(values: readonly (Date | boolean | Buffer | null)[]): (string | null)[] {
  return values.map((value) => {
    if (value === null) return null
    if (value instanceof Date) return value.toISOString()
    return typeof value === 'boolean' ? String(value) : `\\x${value.toString('hex')}`
  })
}

/** False where the owner may not make roles; then migrations/0001 binds the owner itself. */
export async function hasRoles(address: DatabaseAddress): Promise<boolean> {
  const sql = connect(address, { max: 1 })
  try {
    const [row] = await sql<{ roles: boolean }[]>`select has_roles() as roles`
    return row?.roles ?? false
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/**
 * Runs `work` in a transaction that row level security confines to one workspace.
 * Every store call of a request happens inside one of these.
 */
export function inWorkspace<T>(
  db: Db,
  workspaceId: string,
  work: (tx: Postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  return db.app.begin(async (tx) => {
    // Sent at once and not awaited: it travels with the first statement of `work`.
    const named = tx`select set_config('app.workspace_id', ${workspaceId}, true)`.execute()
    const [, result] = await Promise.all([named, work(tx)])
    return result
  }) as Promise<T>
}

const CLOCK_RENEWAL_MS = 30_000

/**
 * The database's time, by an offset that is measured now and again every half minute. Between
 * measurements it goes by the time that only goes forward: a machine whose clock is set
 * must neither send early nor take a lease for over.
 */
async function databaseClock(sql: Postgres.Sql): Promise<{ clock: Clock; stop(): void }> {
  let offsetMs = 0
  const correct = async () => {
    const { offset, error } = await measure(sql)
    // What the measurement may be wrong by is no reason to change.
    if (Math.abs(offset - offsetMs) > error) offsetMs = offset
  }
  await correct()
  const timer = setInterval(() => void correct().catch(() => {}), CLOCK_RENEWAL_MS) // unreachable: keep the last offset
  timer.unref()
  return {
    clock: { now: () => new Date(steadyNow() + offsetMs) },
    stop: () => clearInterval(timer),
  }
}

const steadyNow = () => performance.timeOrigin + performance.now()
const CLOCK_TRIES = 5
const GOOD_ERROR_MS = 2

/** Of some tries the one with the shortest round trip; on a busy machine a single one may be off by half a second. */
async function measure(sql: Postgres.Sql): Promise<{ offset: number; error: number }> {
  let best = { offset: 0, error: Number.POSITIVE_INFINITY }
  for (let tries = 0; tries < CLOCK_TRIES && best.error > GOOD_ERROR_MS; tries++) {
    const before = steadyNow()
    const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`
    const after = steadyNow()
    const error = (after - before) / 2 + 1 // PostgreSQL's time comes in whole milliseconds
    if (error < best.error)
      best = { offset: (row?.now.getTime() ?? after) - (before + after) / 2, error }
  }
  return best
}
