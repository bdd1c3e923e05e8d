/**
 * Notices a connection whose other end is gone without a word: a router that forgot it, a machine
 * that lost its power. Such a connection waits for its answer for ever; PostgreSQL's own
 * time limits are at its other end. driver.ts has the driver call `watch`.
 *
 * Silence alone says little, because a long statement is silent too. So PostgreSQL is asked, over
 * a new connection, what that session is doing. Is it idle, at two looks in a row, the answer was
 * lost on its way; can nobody be asked, the database is away. A session that PostgreSQL does not
 * know has ended, of which word was lost too; unless we speak to a pooler, which has numbers of its
 * own: then it is given time for every statement.
 */
import type { Socket } from 'node:net'
import type Postgres from 'postgres'

const LOOK_MS = 2_000
const SILENCE_MS = 8_000 // after which PostgreSQL is asked
const ANSWER_MS = 5_000 // for the answer to that; together below the 20 s within which everybody is answered
const UNKNOWN_MS = 70_000 // longer than the longest statement timeout in db.ts

type Options = Postgres.Options<Record<string, Postgres.PostgresType>>

/** Where a connection leads, as the driver read it from address and settings. */
interface Address {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path: string | false // of a unix socket
  readonly database: string
  readonly user: string
  readonly pass: NonNullable<Options['pass']>
  readonly ssl: NonNullable<Options['ssl']>
  readonly connection?: { readonly application_name?: string }
}
type Doing = 'active' | 'else' | 'ended' | 'unknown' | 'away'

interface Watched {
  readonly socket: Socket
  readonly key: string
  /** Nobody waits for an answer on it, and none came for long. */
  isForgotten(): boolean
}
const watched = new Set<Watched>()

/** Where one connection was dead, those that lie unused would be found dead one by one, by somebody who waits. */
function endUnused(key: string, error: Error): void {
  for (const each of watched) if (each.key === key && each.isForgotten()) each.socket.destroy(error)
}

/** `waiting` answers the session's number while an answer is due, else null. */
export function watch(socket: Socket, address: Address, waiting: () => number | null): void {
  let heard = performance.now()
  let looked = heard
  let asking = false
  let spoke = heard // when anything came; `heard` also goes on while nothing is due
  let idleLooks = 0 // in a row, in one silence: a statement may end, or begin, just as is asked
  socket.on('data', () => {
    heard = performance.now()
    spoke = heard
  })
  const key = keyOf(address)
  const own = {
    ...{ socket, key },
    isForgotten: () => waiting() === null && performance.now() - spoke > SILENCE_MS,
  }
  // PostgreSQL itself ends the session of a process that is gone (presence.ts), and of no other.
  if (address.connection?.application_name !== 'beckon presence') watched.add(own)
  socket.on('close', () => watched.delete(own))
  const look = async () => {
    if (socket.destroyed) return clearInterval(timer)
    const now = performance.now()
    const late = now - looked > 2 * LOOK_MS // this process was held up itself: its ears were closed
    looked = now
    const session = waiting()
    if (late || session === null) heard = now
    if (now - heard < SILENCE_MS) idleLooks = 0
    if (session === null || asking || now - heard < SILENCE_MS) return
    asking = true
    const before = heard
    const doing = await whatSessionsDo(address).then((sessions) => doingOf(sessions, session))
    asking = false
    idleLooks = doing === 'else' && heard === before ? idleLooks + 1 : 0
    if (heard !== before || doing === 'active' || idleLooks === 1) return
    if (doing === 'unknown' && performance.now() - heard < UNKNOWN_MS) return
    const error = new Error(
      `PostgreSQL has not answered for ${Math.round((now - heard) / 1000)} s.`,
    )
    socket.destroy(Object.assign(error, { code: 'CONNECTION_SILENT' }))
    endUnused(key, error)
  }
  const timer = setInterval(() => void look(), LOOK_MS)
  timer.unref()
}

interface Told {
  /** Sessions, and whether each is at work. */
  readonly working: ReadonlyMap<number, boolean>
  /** The numbers that we are given are those of PostgreSQL: there is no pooler. */
  readonly direct: boolean
}
type Sessions = Told | 'away' | 'busy'

function doingOf(sessions: Sessions, session: number): Doing {
  if (sessions === 'away') return 'away'
  if (sessions === 'busy') return 'active'
  const active = sessions.working.get(session)
  if (active === undefined) return sessions.direct ? 'ended' : 'unknown'
  return active ? 'active' : 'else'
}

/** When a link fails all its connections are silent; one question is enough for them. */
const asked = new Map<string, Promise<Sessions>>()

const keyOf = ({ host, port, path, database, user }: Address) =>
  `${host} ${port} ${path} ${database} ${user}`

function whatSessionsDo(address: Address): Promise<Sessions> {
  const key = keyOf(address)
  const question = asked.get(key) ?? ask(address).finally(() => asked.delete(key))
  asked.set(key, question)
  return question
}

/** About the sessions of our user. */
async function ask(address: Address): Promise<Sessions> {
  const { PostgresError, default: postgres } = await driver()
  const { host, port, path, database, user, pass, ssl } = address
  const hosts: object = { host, port } // lists, which the driver takes and its types do not know
  const sql = postgres({
    ...hosts,
    ...{ database, user, pass, ssl, max: 1, fetch_types: false },
    ...(path ? { path } : {}),
    connection: { application_name: 'beckon asks', statement_timeout: ANSWER_MS },
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'away'>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS, 'away')
  })
  try {
    const answer = sql<{ pid: number; state: string | null }[]>`
      select pid, state from pg_stat_activity where usename = session_user
    `
    const rows = await Promise.race([answer, late])
    if (rows === 'away') return rows
    const working = new Map(rows.map(({ pid, state }) => [pid, isActive(state)]))
    return { working, direct: working.has(rows.state.pid) }
  } catch (error) {
    // It speaks, so it is there: too many connections, or starting.
    return error instanceof PostgresError ? 'busy' : 'away'
  } finally {
    clearTimeout(timer)
    void sql.end({ timeout: 0 }).catch(() => {})
  }
}

/** What is not told (`track_activities` is off, or the session is starting) may be at work. */
const isActive = (state: string | null) => !state?.startsWith('idle')

/** Not at the top: the driver imports this file. */
async function driver() {
  const { postgres } = await import('./driver.ts')
  return { default: postgres, PostgresError: postgres.PostgresError }
}
