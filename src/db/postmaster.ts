/**
 * The life of the embedded PostgreSQL's first process.
 *
 *   (none) ──spawn──► starting ──► ready ──SIGINT──► (gone)
 *      ▲                              │
 *      └───── killed, crashed ◄───────┘
 *
 * It is started in a session of its own and outlives us when we are killed, so the next
 * start finds it by `postmaster.pid` and takes it over. That file is the truth throughout:
 * PostgreSQL writes it first, keeps its status in it, and removes it last.
 */
import { closeSync, openSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries, Runner } from './embeddedBinaries.ts'
import { writeSettings } from './embeddedCluster.ts'
import { commandLine, isAlive } from './processes.ts'

const READY_TIMEOUT = 60_000 // ms; recovery after a crash replays up to max_wal_size
const POLL = 10 // ms between two looks at postmaster.pid
const RETRY = 200 // ms before another try while a dead postmaster's children still end
const FAST_STOP = 7_000 // ms a fast shutdown may take, then an immediate one
const IMMEDIATE_STOP = 2_000 // ms an immediate one may take, then SIGKILL

export interface Postmaster {
  readonly pid: number
  readonly socketDir: string
  readonly port: number
}

export interface Ground {
  readonly cluster: string
  readonly socketDir: string
  readonly port: number
  readonly binaries: Binaries
  readonly runner: Runner
}

/** The running postmaster, ready for connections; started unless one runs already. */
export async function ensurePostmaster(ground: Ground): Promise<Postmaster & { adopted: boolean }> {
  const deadline = performance.now() + READY_TIMEOUT
  let adopted = true
  for (;;) {
    const found = await findPostmaster(ground.cluster)
    if (found?.status === 'ready') return { ...found, adopted }
    if (performance.now() > deadline) throw await notReady(ground.cluster)
    if (found) await sleep(POLL)
    else {
      adopted = false
      await spawnPostmaster(ground, deadline)
    }
  }
}

/** Returns once it is ready, or once it ended for a reason that passes by itself. */
async function spawnPostmaster(ground: Ground, deadline: number): Promise<void> {
  const { cluster, binaries, runner } = ground
  await writeSettings(cluster, ground.socketDir, ground.port)
  const log = openSync(join(cluster, 'start.log'), 'w', 0o600)
  const args = ['-D', cluster]
  const child = runner.spawn(binaries.postgres, args, {
    detached: true, // a Ctrl-C in the terminal is for us: the database has to outlast our last writes
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let failure: Error | undefined
  child.on('error', (error) => {
    failure = error
  })
  child.unref()
  while (!failure && child.exitCode === null && child.signalCode === null) {
    if ((await findPostmaster(cluster))?.status === 'ready') return
    if (performance.now() > deadline) throw await notReady(cluster)
    await sleep(POLL)
  }
  await explainExit(cluster, failure)
}

/** Someone else's start, or children of a killed postmaster, pass by themselves. Nothing else does. */
async function explainExit(cluster: string, failure: Error | undefined): Promise<void> {
  if (await findPostmaster(cluster)) return // another start was quicker, and has the log
  const output = await startLog(cluster)
  const passing = /lock file "[^"]+" (already exists|is empty)|shared memory block .* still in use/
  if (failure || !passing.test(output)) {
    throw new Error(`The embedded PostgreSQL did not start. ${failure?.message ?? output}`)
  }
  await sleep(RETRY)
}

async function notReady(cluster: string) {
  const output = await startLog(cluster)
  return new Error(
    `The embedded PostgreSQL was not ready after ${READY_TIMEOUT / 1000} s; see ${cluster}/log. ${output}`,
  )
}

/**
 * The last words: on the standard error before PostgreSQL opened its own log, then in that. Both may
 * be written in the same moment, so both are read.
 */
async function startLog(cluster: string): Promise<string> {
  const names = await readdir(join(cluster, 'log')).catch(() => [])
  const logs = await Promise.all(
    names.map(async (name) => {
      const path = join(cluster, 'log', name)
      return { path, at: (await stat(path)).mtimeMs }
    }),
  )
  const [newest] = logs.sort((a, b) => b.at - a.at)
  const paths = [join(cluster, 'start.log'), ...(newest ? [newest.path] : [])]
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')))
  return texts
    .map((text) => text.trim().slice(-1000))
    .join('\n')
    .trim()
}

/**
 * What `postmaster.pid` says, when it is true. A file whose pid now belongs to some other process
 * is removed, for PostgreSQL would believe it: in a container, where pids are few, that is the rule.
 */
export async function findPostmaster(
  cluster: string,
): Promise<(Postmaster & { status: string }) | undefined> {
  const path = join(cluster, 'postmaster.pid')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const lines = text.split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  const socketDir = lines[4] ?? ''
  if (await isPostmaster(pid, cluster)) {
    return { pid, port, socketDir, status: lines[7]?.trim() ?? '' }
  }
  if (await answers(join(socketDir, `.s.PGSQL.${port}`))) throw elsewhere(cluster)
  if (await isAlive(pid)) await removeStale(path, text)
  return undefined
}

const elsewhere = (cluster: string) =>
  new Error(
    `${cluster} is in use by a PostgreSQL of another container or machine. One Beckon owns DATA_DIR; ` +
      'several share a PostgreSQL that DATABASE_URL names.',
  )

async function removeStale(path: string, text: string) {
  const now = await readFile(path, 'utf8').catch(() => undefined)
  if (now === text) await rm(path, { force: true })
}

async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  const command = await commandLine(pid)
  return command?.replaceAll('\0', ' ').trimEnd().endsWith(`postgres -D ${cluster}`) === true
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.on('error', () => resolve(false))
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** Fast, then immediate, then by force; all within 10 s. A postmaster that is gone is stopped. */
export async function stopPostmaster(cluster: string): Promise<void> {
  const found = await findPostmaster(cluster)
  if (!found) return
  for (const [signal, patience] of [
    ['SIGINT', FAST_STOP],
    ['SIGQUIT', IMMEDIATE_STOP],
    ['SIGKILL', IMMEDIATE_STOP],
  ] as const) {
    if (!send(found.pid, signal) || (await isGone(found.pid, patience))) return
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

async function isGone(pid: number, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience
  while (await isAlive(pid)) {
    if (performance.now() > deadline) return false
    await sleep(POLL)
  }
  return true
}
