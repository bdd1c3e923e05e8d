/**
 * The server under test: a process of its own, as a user would start it, on a data folder
 * of its own with the embedded database.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type postgres from 'postgres'
import { request } from 'undici'
import { connect, type DatabaseAddress } from '../../src/db/db.ts'
import type { Context } from './bench.ts'
import { countStatements, writeStatements } from './profile.ts'

const root = join(import.meta.dirname, '../..')
const START_MS = 120_000 // a first start on a busy machine

export interface TestedServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  /** A key of the default workspace. */
  readonly key: string
  /** Between starting the process and its ready line. */
  readonly startMs: number
  /** Throws when the answer is no success. `workspace` is a slug; absent: the default one. */
  call(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
    workspace?: string,
  ): Promise<unknown>
  /** The database behind it, as the superuser; closed with the bench. */
  sql(): Promise<postgres.Sql>
  stop(): Promise<void>
}

/** A folder that goes with the bench. */
export async function freshDataDir(context: Context): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-bench-'))
  context.defer(() => rm(dataDir, { recursive: true, force: true }))
  return dataDir
}

export async function startServer(
  context: Context,
  env: Readonly<Record<string, string>> = {},
  given?: string,
): Promise<TestedServer> {
  const dataDir = given ?? (await freshDataDir(context))
  if (context.profileDir && given === undefined) await prepareProfile(context, dataDir)
  const key = randomBytes(24).toString('hex')
  const startedAt = performance.now()
  const child = launch(context, { ...env, DATA_DIR: dataDir, OREE_API_KEY: key })
  const stop = async () => {
    if (isOver(child)) return
    if (context.profileDir) await writeProfile(context.profileDir, { dataDir, pid: child.pid })
    await stopProcess(child)
  }
  context.defer(stop)
  const url = await readyLine(child)
  const startMs = performance.now() - startedAt
  const port = Number(new URL(url).port)
  return {
    ...{ url, port, dataDir, key, startMs, stop },
    pid: child.pid ?? 0,
    call: (method, path, body, workspace) => call({ port, key }, method, path, body, workspace),
    async sql() {
      const sql = connect({ ...(await addressOf(dataDir)), user: 'postgres' }, { max: 4 })
      context.defer(() => sql.end({ timeout: 1 }))
      return sql
    },
  }
}

function launch(context: Context, env: Readonly<Record<string, string>>): ChildProcess {
  const profiling = context.profileDir ? ['--cpu-prof', `--cpu-prof-dir=${context.profileDir}`] : []
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const flags = ['--max-semi-space-size=64', ...profiling] // as bin/start has it, and the cache
  const compiled = join(root, 'node_modules/.cache/beckon')
  return spawn(process.execPath, [...flags, join(root, 'src/main.ts'), 'serve'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH, HOME, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'error', LOG_FORMAT: 'json' },
      NODE_COMPILE_CACHE: compiled,
      ...(TMPDIR === undefined ? {} : { TMPDIR }),
      ...env,
    },
  })
}

/** Its log goes on to our standard error: at this level each line is a fault. */
async function readyLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the server has no output')
  const lines = createInterface({ input: child.stdout })
  let complaints = ''
  child.stderr?.on('data', (part: Buffer) => {
    complaints = (complaints + part.toString('utf8')).slice(-2_000)
  })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the server does not start')), START_MS)
    child.once('close', (code) => {
      clearTimeout(late)
      reject(new Error(`the server ended with ${code}: ${complaints.trim()}`))
    })
    lines.on('line', (line) => {
      if (line.startsWith('{')) console.error(`server: ${line.slice(0, 2_000)}`)
      const url = /^beckon ready on (\S+)/.exec(line)?.[1]
      if (url === undefined) return
      clearTimeout(late)
      resolve(url)
    })
  })
}

/** A start of its own: the database reads what to count when it starts. */
async function prepareProfile(context: Context, dataDir: string): Promise<void> {
  const first = await startServer({ ...context, profileDir: undefined }, {}, dataDir)
  await first.stop()
  await countStatements(dataDir)
}

async function writeProfile(folder: string, of: { dataDir: string; pid: number | undefined }) {
  const sql = connect({ ...(await addressOf(of.dataDir)), user: 'postgres' }, { max: 1 })
  await writeStatements(sql, join(folder, `statements.${of.pid}.txt`)).finally(() => sql.end())
}

const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

async function stopProcess(child: ChildProcess): Promise<void> {
  if (isOver(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function call(
  { port, key }: { port: number; key: string },
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  workspace?: string,
): Promise<unknown> {
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(workspace === undefined ? {} : { 'x-workspace': workspace }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    headersTimeout: 120_000,
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) {
    throw new Error(`${method} ${path} answered ${answer.statusCode} ${text.slice(0, 1_000)}`)
  }
  return text === '' ? null : JSON.parse(text)
}

/** Where the embedded database of a data folder listens, from its own postmaster.pid. */
export async function addressOf(dataDir: string): Promise<DatabaseAddress & { socketDir: string }> {
  const lines = (await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')
  const [port = '', socketDir = ''] = lines.slice(3, 5)
  return { socketDir, port: Number(port), database: 'beckon', user: 'beckon' }
}
