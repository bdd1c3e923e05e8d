/** A server in a process of its own, started as its users start it and stopped as nature does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { stopPostmaster } from '../../src/db/postmaster.ts'
import { until } from './until.ts'

const root = join(import.meta.dirname, '../..')
const READY = /beckon ready (?:on (\S+)|to work)/
const START_MS = 90_000 // a first start makes a database
const KEPT = 20_000 // characters of its output, for when a test fails

export interface ServerProcess {
  /** Where it listens; empty for one that only works. */
  readonly url: string
  readonly pid: number
  /** What it printed last. */
  output(): string
  readonly running: boolean
  /** SIGTERM. Answers the exit code once it is gone. */
  stop(): Promise<number | null>
  /** SIGKILL: no drain, no goodbye. */
  kill(): Promise<void>
}

export interface StartOptions {
  /** `npm` is what people type; with `node` the pid is the server's own, so that it can be killed. */
  readonly by: 'npm' | 'node'
  readonly env: Readonly<Record<string, string>>
  readonly roles?: string
  /** Characters of its output that are kept. */
  readonly kept?: number
}

/** Resolves when it says that it is ready. */
export async function startServer(options: StartOptions): Promise<ServerProcess> {
  const roles = options.roles === undefined ? [] : ['--roles', options.roles]
  const [command, args] =
    options.by === 'npm'
      ? ['npm', ['start', '--', ...roles]]
      : [process.execPath, ['src/main.ts', 'serve', ...roles]]
  const child = spawn(command, args, {
    cwd: root,
    env: { ...ground(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (part: Buffer) => {
    output = (output + part.toString()).slice(-(options.kept ?? KEPT))
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ready = await until(
    'the server to be ready',
    () => {
      if (!isRunning(child)) throw new Error(`the server did not start:\n${output}`)
      return READY.exec(output) ?? undefined
    },
    START_MS,
  ).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return {
    url: (ready[1] ?? '').replace('localhost', '127.0.0.1'),
    pid: child.pid ?? 0,
    output: () => output,
    get running() {
      return isRunning(child)
    },
    async stop() {
      if (isRunning(child)) await end(child, 'SIGTERM')
      return child.exitCode
    },
    async kill() {
      if (isRunning(child)) await end(child, 'SIGKILL')
    },
  }
}

/** The embedded PostgreSQL outlives a server that was killed; this ends it. */
export function stopDatabase(dataDir: string): Promise<void> {
  return stopPostmaster(join(dataDir, 'postgres'))
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null

/** Ours, without settings of Beckon: what a developer has set must not decide a test. */
function ground(): Record<string, string | undefined> {
  const kept = ['PATH', 'HOME', 'USER', 'TMPDIR', 'LANG', 'NODE_COMPILE_CACHE']
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    DATABASE_URL: '', // set, though empty: it wins over a developer's .env
    SMTP_URL: '',
    EMAIL_FROM: '',
    ADMIN_EMAIL: '',
    ADMIN_PASSWORD: '',
    HOST: '127.0.0.1',
    PORT: '0',
  }
}
