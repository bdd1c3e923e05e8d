/** The command line as people use it: processes of their own, on a data folder of their own. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after } from 'node:test'
import { stopPostmaster } from '../../src/db/postmaster.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
  readonly lines: readonly string[]
}

/** Ended and removed when the tests of the file, or of the test that calls it, are done. */
export function commandLine() {
  const home = mkdtempSync(join(tmpdir(), 'beckon-cli-'))
  const dataDir = join(home, 'data')
  let server: Server | undefined

  after(async () => {
    if (server) await stopServer()
    await stopPostmaster(join(dataDir, 'postgres'))
    rmSync(home, { recursive: true })
  })

  /** A clean environment, so that the developer's own settings change nothing. */
  const environment = (more: Record<string, string> = {}) => ({
    ...{ PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0' },
    // Spares each of these short processes a second of compiling.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(home, 'compiled'),
    ...{ LOG_LEVEL: 'error', ...more },
  })

  async function run(
    args: readonly string[],
    { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
  ): Promise<Ran> {
    const child = spawn(process.execPath, [MAIN, ...args], { env: environment(env) })
    const exit = once(child, 'exit')
    child.stdin.end(input)
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = await exit
    const json = /^[[{]/.test(out) ? JSON.parse(out) : undefined
    return { code: Number(code), out, err, json }
  }

  /** Raises what it says when it fails. */
  async function beckon(...args: readonly string[]): Promise<Ran> {
    const ran = await run(args)
    assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.err} ${ran.out}`)
    return ran
  }

  async function refused(code: string, ...args: readonly string[]): Promise<string> {
    const ran = await run(args)
    assert.equal(ran.code, 1, args.join(' '))
    assert.equal(ran.out, '')
    const last = ran.err.trim().split('\n').at(-1) ?? ''
    const { error } = JSON.parse(last)
    assert.equal(error.code, code, last)
    return error.message
  }

  async function startServer(): Promise<Server> {
    const child = spawn(process.execPath, [MAIN, 'serve'], { env: environment() })
    child.stderr.pipe(process.stderr)
    const lines: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line)
      const url = /^beckon ready on (http:\S+)/.exec(line)?.[1]
      if (!url) continue
      child.stdout.resume()
      server = { child, url, lines }
      return server
    }
    throw new Error(`The server did not start: ${lines.join('\n')}`)
  }

  async function stopServer() {
    const { child } = server!
    server = undefined
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }

  return { home, dataDir, run, beckon, refused, startServer, stopServer, server: () => server! }
}
