/**
 * The whole program in this process, on a test database: what `beckon serve` starts,
 * with its own list of routes beside it, so that a test can say "every route".
 */
import { channel } from 'node:diagnostics_channel'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, RouteOptions } from 'fastify'
import pino from 'pino'
import { type App, allRoles, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { connect, inWorkspace, type Sql } from '../../src/db/db.ts'
import { system } from '../../src/workspaces/audit/audit.ts'
import { type Scope, scopes } from '../../src/workspaces/auth.ts'
import { createKey } from '../../src/workspaces/keys/createKey.ts'
import type { TestDatabase } from './database.ts'

export const INSTANCE_KEY = 'the-operators-own-key'
export const ORIGIN = 'https://beckon.test'

export interface Route {
  readonly method: string
  readonly url: string
  /** Without a login. */
  readonly open: boolean
  readonly scope: Scope | undefined
  /** Not in /api/openapi.json. */
  readonly hidden: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any
}

export interface TestApp {
  readonly app: App
  readonly url: string
  readonly port: number
  /** In the order in which they were added; without HEAD. */
  readonly routes: readonly Route[]
  /** A string or Buffer is sent as it is, anything else as JSON. Redirects are not followed. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Headers that act for a workspace, by its slug, with all scopes or some. */
  keyFor(slug: string, given?: readonly Scope[]): Promise<{ authorization: string }>
  /** Rows of every table, by its name; those of `except` left out. */
  rowCounts(except?: readonly string[]): Promise<Record<string, number>>
}

/** Stopped after the file's tests. `env` adds to the environment. */
export async function startTestApp(
  database: TestDatabase,
  env: Record<string, string> = {},
): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'beckon-api-'))
  const config = readConfig({
    ENVIRONMENT: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    PUBLIC_URL: ORIGIN,
    OREE_API_KEY: INSTANCE_KEY,
    ...env,
  })
  const { routes, app } = await withRoutes(() =>
    startApp({
      config,
      address: database.address,
      log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
      version: '0.0.0-test',
      roles: allRoles,
    }),
  )
  const owner = connect(database.address, { max: 1 })
  database.closeFirst(async () => {
    await app.stop()
    await owner.end()
    await rm(dataDir, { recursive: true, force: true })
  })
  const port = Number(new URL(app.url ?? '').port)
  const url = `http://127.0.0.1:${port}`
  const keys = new Map<string, Promise<string>>()
  return {
    ...{ app, url, port, routes },
    call: (method, path, body, headers = {}) => call(`${url}${path}`, method, body, headers),
    async keyFor(slug, given = scopes) {
      const name = `${slug} ${given.join(' ')}`
      if (!keys.has(name)) keys.set(name, makeKey(app, slug, given))
      return { authorization: `Bearer ${await keys.get(name)}` }
    },
    rowCounts: (except = []) => countRows(owner, except),
  }
}

/** Fastify tells of each server that it makes before anybody adds a route. */
async function withRoutes(start: () => Promise<App>): Promise<{ app: App; routes: Route[] }> {
  const added: RouteOptions[] = []
  const made = channel('fastify.initialization')
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance } // as its documentation says
    fastify.addHook('onRoute', (route) => void added.push(route))
  }
  made.subscribe(listen)
  try {
    return { app: await start(), routes: added.flatMap(routesOf) }
  } finally {
    made.unsubscribe(listen)
  }
}

/** Read once all are there: plugins' own hooks still change what they add. */
function routesOf({ method, url, schema, config }: RouteOptions): Route[] {
  const { public: open = false, scope } = config ?? {}
  return [method]
    .flat()
    .filter((each) => each !== 'HEAD')
    .map((each) => ({ method: each, url, open, scope, hidden: schema?.hide === true }))
}

async function call(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body)
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json') && text !== ''
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  }
}

async function makeKey(app: App, slug: string, given: readonly Scope[]): Promise<string> {
  const { db } = app
  const [workspace] = await db.engine<{ id: string }[]>`
    select id from workspaces where slug = ${slug}
  `
  if (!workspace) throw new Error(`There is no workspace ${slug}.`)
  const input = { name: crypto.randomUUID(), scopes: [...given], expiresAt: null }
  const context = { actor: system, memberId: null, now: db.clock.now() }
  const { key } = await inWorkspace(db, workspace.id, (tx) =>
    createKey(tx, workspace.id, input, context),
  )
  return key
}

/** What was asked is written a second later, whatever came of it. */
const NOTED_LATER = 'api_requests'

async function countRows(owner: Sql, except: readonly string[]): Promise<Record<string, number>> {
  const tables = await owner<{ name: string }[]>`
    select relname as name from pg_class
    where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
    order by relname
  `
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    if (except.includes(name) || name === NOTED_LATER) continue
    const [row] = await owner<{ n: number }[]>`select count(*)::int as n from ${owner(name)}`
    counts[name] = row?.n ?? 0
  }
  return counts
}
