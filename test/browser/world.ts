/**
 * The server as people start it, with the embedded database, and somebody in a real browser. What
 * the pages show is put there through the API, by the session of the owner.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startServer, stopDatabase } from '../helpers/process.ts'
import { openChromium } from './chromium.ts'

const root = join(import.meta.dirname, '../..')

const PATIENCE_MS = 60_000 // only ends what would hang

export const OWNER = { email: 'ada@example.com', password: 'violet tractor ninety' }

export const DESK = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

export interface Look {
  readonly language: 'en' | 'he'
  readonly theme: 'light' | 'dark'
  /** A phone's width instead of a desk's. */
  readonly phone?: boolean
}

export interface World {
  readonly url: string
  readonly browser: Browser
  /** A page of somebody who is not signed in. */
  visit(look?: Partial<Look>): Promise<Page>
  /** A page of the owner. */
  enter(look?: Partial<Look>): Promise<Page>
  /** Calls the API as the owner; throws when it refuses. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  call(method: string, path: string, body?: unknown): Promise<any>
  /** Fills the demo's workspace as `beckon demo` does; from then on the owner is in it. */
  fillDemo(): Promise<void>
  /** The operator starts it again with more variables, under the same address. */
  restart(more: Record<string, string>): Promise<void>
  stop(): Promise<void>
}

/** `env` adds to the environment; without an owner the first start's link is in `output`. */
export async function openWorld(
  env: Record<string, string> = {},
): Promise<World & { output(): string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-browser-'))
  const settings = {
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_EMAIL: OWNER.email,
    ADMIN_PASSWORD: OWNER.password,
    ...env,
  }
  let server = await startServer({ by: 'node', env: settings })
  const browser = await openChromium()
  const { url } = server
  let cookies: { name: string; value: string; url: string }[] = []
  let workspace: string | undefined // absent: the first

  async function signIn() {
    const answer = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ ...OWNER, workspace }),
    })
    if (!answer.ok) throw new Error(`signing in: ${await answer.text()}`)
    cookies = answer.headers.getSetCookie().map((line) => {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      return { name: pair.slice(0, at), value: decodeURIComponent(pair.slice(at + 1)), url }
    })
  }

  async function contextFor({ language = 'en', theme = 'light', phone = false }: Partial<Look>) {
    const context: BrowserContext = await browser.newContext({
      locale: language === 'he' ? 'he-IL' : 'en-GB',
      colorScheme: theme,
      viewport: phone ? PHONE : DESK,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    context.setDefaultTimeout(PATIENCE_MS)
    return context
  }

  return {
    url,
    browser,
    output: () => server.output(),
    visit: async (look = {}) => (await contextFor(look)).newPage(),
    async enter(look = {}) {
      if (cookies.length === 0) await signIn()
      const context = await contextFor(look)
      await context.addCookies(cookies)
      return context.newPage()
    },
    async call(method, path, body) {
      if (cookies.length === 0) await signIn()
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
          origin: url,
          ...(body === undefined
            ? {}
            : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
    },
    async fillDemo() {
      const options = { cwd: root, env: { ...process.env, ...settings } }
      await promisify(execFile)(process.execPath, ['src/main.ts', 'demo'], options)
      workspace = 'demo'
      cookies = []
    },
    async restart(more) {
      await server.stop()
      const { port: PORT } = new URL(url)
      server = await startServer({ by: 'node', env: { ...settings, PORT, ...more } })
    },
    async stop() {
      await browser.close()
      await server.stop()
      await stopDatabase(dataDir)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
