/** The server with the routes of workspaces/, and people who sign in to it. */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import type { InjectOptions } from 'fastify'
import { pino } from 'pino'
import { type Config, readConfig } from '../../src/config.ts'
import { inWorkspace } from '../../src/db/db.ts'
import { createServer } from '../../src/http/server.ts'
import type { Access } from '../../src/workspaces/access.ts'
import { system } from '../../src/workspaces/audit/audit.ts'
import { type Role, type Scope, scopes } from '../../src/workspaces/auth.ts'
import { type Authenticator, createAuthenticator } from '../../src/workspaces/authenticate.ts'
import { createWorkspace, ensureDefaultWorkspace } from '../../src/workspaces/createWorkspace.ts'
import { createKey } from '../../src/workspaces/keys/createKey.ts'
import { hashPassword } from '../../src/workspaces/login/password.ts'
import { createMember } from '../../src/workspaces/members/createMember.ts'
import type { Member } from '../../src/workspaces/members/store.ts'
import { workspaceRoutes } from '../../src/workspaces/routes.ts'
import type { Workspace } from '../../src/workspaces/store.ts'
import type { TestDatabase } from './database.ts'

export const INSTANCE_KEY = 'the-operators-own-key'
export const PASSWORD = 'violet tractor ninety'
export const ORIGIN = 'https://beckon.test'

/** Closed after the file's tests. `env` adds to the environment. */
export async function accessServer({ db, clock }: TestDatabase, env: Record<string, string> = {}) {
  const config: Config = readConfig({
    PUBLIC_URL: ORIGIN,
    OREE_API_KEY: INSTANCE_KEY,
    TRUST_PROXY: '127.0.0.1',
    ...env,
  })
  const secrets = { encryptionKey: randomBytes(32), jwtKey: randomBytes(32) }
  const access: Access = { db, config, secrets }
  const authenticator: Authenticator = createAuthenticator(access)
  const authenticate = authenticator.authenticate
  const server = createServer({
    config,
    db,
    log: pino({ level: 'silent' }),
    version: 'test',
    authenticate,
  })
  const routes: { method: string; url: string; open: boolean; scope: Scope | undefined }[] = []
  server.addHook('onRoute', ({ method, url, config: { public: open = false, scope } = {} }) => {
    for (const each of [method].flat())
      if (each !== 'HEAD') routes.push({ method: each, url, open, scope })
  })
  await server.register(workspaceRoutes({ access, authenticator, hooks: [] }))
  const home = await ensureDefaultWorkspace(db, config)
  after(async () => {
    await server.close()
    await authenticator.close().catch(() => {}) // the database of the test is closed before us
  })

  const addWorkspace = (slug: string): Promise<Workspace> =>
    db.app.begin((tx) =>
      createWorkspace(
        tx,
        { slug, name: slug, timeZone: 'UTC', locale: 'en', defaultCountry: null },
        clock.now(),
      ),
    ) as Promise<Workspace>

  let people = 0
  const addMember = async (
    role: Role,
    { workspace = home, passwordHash }: { workspace?: Workspace; passwordHash?: string } = {},
  ): Promise<Member> => {
    const person = {
      email: `person${++people}@example.com`,
      userName: `person${people}`,
      fullName: 'Ada',
      createdBy: null,
    }
    const hash = passwordHash ?? (await hashPassword(PASSWORD))
    return inWorkspace(db, workspace.id, (tx) =>
      createMember(
        tx,
        workspace.id,
        { ...person, role, passwordHash: hash },
        { actor: system, now: clock.now() },
      ),
    )
  }

  const addKey = async (given: readonly Scope[] = scopes, workspace = home) => {
    const input = { name: randomBytes(6).toString('hex'), scopes: given, expiresAt: null }
    return inWorkspace(db, workspace.id, (tx) =>
      createKey(tx, workspace.id, input, { actor: system, memberId: null, now: clock.now() }),
    )
  }

  const send = (
    method: InjectOptions['method'] & string,
    url: string,
    body?: object | null,
    headers: Record<string, string> = {},
  ) => server.inject({ method: method as 'GET', url, headers, ...(body ? { payload: body } : {}) })

  const signIn = async (
    member: Pick<Member, 'email'>,
    more: object = {},
    headers: Record<string, string> = {},
  ) => {
    const answer = await send(
      'POST',
      '/auth/login',
      { email: member.email, password: PASSWORD, ...more },
      headers,
    )
    const cookies = Object.fromEntries(answer.cookies.map(({ name, value }) => [name, value]))
    return { answer, headers: { cookie: cookieHeader(cookies), origin: ORIGIN }, cookies }
  }

  return {
    server,
    access,
    authenticator,
    home,
    routes,
    addWorkspace,
    addMember,
    addKey,
    send,
    signIn,
  }
}

function cookieHeader(cookies: Record<string, string>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
