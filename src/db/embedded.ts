/**
 * The embedded PostgreSQL: what Beckon runs on when DATABASE_URL is unset.
 *
 * Starts it or takes over one that outlived its owner, keeps it running, and stops it.
 * It speaks on a unix socket in a folder that only we may enter, so it needs no password.
 * Its files are embeddedCluster.ts, its process is postmaster.ts, who owns it is owner.ts.
 */
import { createHash } from 'node:crypto'
import { readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type postgres from 'postgres'
import { chooseRunner, findBinaries, type Runner } from './embeddedBinaries.ts'
import { prepareCluster, privateFolder } from './embeddedCluster.ts'
import {
  NotOwner,
  removeOwner,
  SUPERUSER,
  takeOwnership,
  waitForOwner,
  writeOwner,
} from './owner.ts'
import { ensurePostmaster, type Ground, type Postmaster, stopPostmaster } from './postmaster.ts'

const PORT = 5432 // only part of the socket's name: nothing listens on the network
const LONGEST_SOCKET = 100 // bytes; sun_path holds 104 on macOS, 108 on Linux
export const DATABASE = 'beckon'
export const USER = 'beckon'
const PATIENCE = 5_000 // ms
const OWN_TIMEOUT = 60_000 // ms
const OWN_RETRY = 100 // ms
const REVIVE_DELAYS = [0, 1_000, 2_000, 5_000, 10_000, 30_000] // ms; the last one again and again

export interface EmbeddedOptions {
  /** DATA_DIR. Made when missing, closed to others. */
  readonly dataDir: string
  readonly log?: (line: string) => void
  /** Told when another process owns the folder now: ours has to end. By default it does, uncaught. */
  readonly onLost?: (error: Error) => void
  /** How long to wait for an owner that is just going, in ms; 5 s by default. */
  readonly patience?: number
}

export interface Embedded {
  readonly socketDir: string
  readonly port: number
  readonly database: string
  /** Owns the database; may make databases and roles, is no superuser. */
  readonly user: string
  readonly superuser: string
  /** For `postgres(options)`. */
  readonly options: { host: string; port: number; database: string; username: string }
  /** Whether it was running already when we came. */
  readonly adopted: boolean
  /** Ends PostgreSQL by a fast shutdown, within 10 s. Close your own connections first. */
  stop(): Promise<void>
}

/** Returns when the database accepts connections, recovered if it had crashed (up to 60 s). */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const folder = await dataFolder(options.dataDir)
  await waitForOwner(folder, options.patience ?? PATIENCE)
  const binaries = await findBinaries()
  const runner = await chooseRunner(binaries, folder)
  const cluster = await prepareCluster(folder, binaries, runner)
  const socketDir = await socketFolder(folder, runner)
  const keeper = new Keeper(folder, { cluster, socketDir, port: PORT, binaries, runner }, options)
  const { adopted, ...at } = await keeper.start()
  return {
    socketDir: at.socketDir,
    port: at.port,
    database: DATABASE,
    user: USER,
    superuser: SUPERUSER,
    options: { host: at.socketDir, port: at.port, database: DATABASE, username: USER },
    adopted,
    stop: () => keeper.stop(),
  }
}

/** DATA_DIR, made when missing and closed to others. */
export async function dataFolder(dataDir: string): Promise<string> {
  const path = resolve(dataDir)
  await privateFolder(path, undefined)
  return realpath(path)
}

/** In the data folder, or in a short one of the temporary folder when that path is too long. */
async function socketFolder(folder: string, runner: Runner): Promise<string> {
  const usual = join(folder, 'run')
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const length = Buffer.byteLength(join(usual, `.s.PGSQL.${PORT}`))
  const path = length <= LONGEST_SOCKET ? usual : join(tmpdir(), `beckon-${hash}`)
  await privateFolder(path, runner.owner)
  return path
}

/** Keeps PostgreSQL running and ours from `start` to `stop`, across its crashes. */
class Keeper {
  private guard: postgres.Sql | undefined
  private stopping = false
  private reviving: Promise<void> | undefined
  private readonly folder: string
  private readonly ground: Ground
  private readonly options: EmbeddedOptions

  constructor(folder: string, ground: Ground, options: EmbeddedOptions) {
    this.folder = folder
    this.ground = ground
    this.options = options
  }

  async start(): Promise<Postmaster & { adopted: boolean }> {
    const at = await this.own()
    try {
      await writeOwner(this.folder)
      await removeDrafts(this.folder)
      await createDatabase(this.guard!)
    } catch (error) {
      await this.stop()
      throw error
    }
    this.log(`embedded PostgreSQL ${at.adopted ? 'taken over' : 'started'}, process ${at.pid}`)
    return at
  }

  async stop(): Promise<void> {
    if (this.stopping) return
    this.stopping = true
    await this.reviving
    await stopPostmaster(this.ground.cluster)
    await this.guard?.end({ timeout: 0 })
    await removeOwner(this.folder)
    this.log('embedded PostgreSQL stopped')
  }

  /** A postmaster may die between our finding it ready and our connecting: then all over again. */
  private async own() {
    const deadline = performance.now() + OWN_TIMEOUT
    for (;;) {
      try {
        const at = await ensurePostmaster(this.ground)
        const patience = this.options.patience ?? PATIENCE
        this.guard = await takeOwnership(this.folder, at, patience, () => this.closed())
        return at
      } catch (error) {
        if (!isPassing(error) || performance.now() > deadline) throw error
        await sleep(OWN_RETRY)
      }
    }
  }

  /** PostgreSQL died, or reset itself after one of its processes did. */
  private closed() {
    if (!this.stopping) this.reviving ??= this.revive()
  }

  private async revive() {
    this.log('embedded PostgreSQL went away, starting it again')
    for (let attempt = 0; !this.stopping; attempt++) {
      await sleep(REVIVE_DELAYS[Math.min(attempt, REVIVE_DELAYS.length - 1)])
      try {
        if (!this.stopping) await this.own()
        break
      } catch (error) {
        if (error instanceof NotOwner) return this.lose(error)
        this.log(`embedded PostgreSQL is not back yet: ${error}`)
      }
    }
    this.reviving = undefined
    this.log('embedded PostgreSQL is back')
  }

  /** What runs now is another process's: nothing here may stop it any more. */
  private lose(error: NotOwner) {
    this.stopping = true
    if (this.options.onLost) return this.options.onLost(error)
    process.nextTick(() => {
      throw error
    })
  }

  private log(line: string) {
    this.options.log?.(line)
  }
}

/** Not there yet, shutting down, recovering (57P03), or ended while we spoke. */
function isPassing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(ENOENT|ECONNREFUSED|ECONNRESET|EPIPE|CONNECTION_\w+|57P0[123])$/.test(code)
}

/** Half-made clusters of starts that were killed. One that somebody fills meanwhile stays: the next start removes it. */
async function removeDrafts(folder: string) {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('postgres.new-')) continue
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}

/** Safe to run again after it was interrupted anywhere. */
async function createDatabase(sql: postgres.Sql) {
  const [role] = await sql`select 1 from pg_roles where rolname = ${USER}`
  if (!role) await sql`create role ${sql(USER)} login createdb createrole`
  await sql`grant pg_monitor, pg_checkpoint, pg_signal_backend to ${sql(USER)}`
  const [database] = await sql`select 1 from pg_database where datname = ${DATABASE}`
  if (!database) await sql`create database ${sql(DATABASE)} owner ${sql(USER)}`
}
