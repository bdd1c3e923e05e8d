/**
 * Who is asking? Looks at the Authorization header first, then at the session's cookie.
 *
 *   Bearer bk_live_…       an API key of a workspace
 *   Bearer <OREE_API_KEY>  the operator: the default workspace, or the one X-Workspace names
 *   Bearer <JWT>           somebody who signed in at /api/client/login
 *   Cookie sid             somebody who signed in to the dashboard
 *
 * Tokens are looked up by their hash, or compared in constant time.
 */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { createCache } from '../lib/cache.ts'
import { hashToken } from '../lib/ids.ts'
import { sha256 } from '../lib/sha256.ts'
import type { Access } from './access.ts'
import { type Auth, type Role, type Scope, scopes, scopesOfRole } from './auth.ts'
import { DEFAULT_SLUG } from './createWorkspace.ts'
import { createKeyAuthenticator, type KnownKey } from './keys/authenticateKey.ts'
import { looksLikeToken, readToken } from './login/clientToken.ts'
import { readCookie } from './login/readCookie.ts'
import { requireSameOrigin } from './login/requireSameOrigin.ts'
import { cookieNames, isOver, needsRenewal } from './login/session.ts'
import { findSession, markSeen } from './login/sessions.store.ts'
import { createRefusals } from './refusals.ts'
import { findWorkspaceById, findWorkspaceBySlug } from './store.ts'

const WORKSPACES_TTL_MS = 5_000
const MAX_WORKSPACES = 1_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export interface Authenticator {
  /** Throws 401 that says what to send, 429 to who sends many unknown keys, 403 for a change from another site, 404 for a workspace that is not the asker's. */
  authenticate(request: FastifyRequest): Promise<Auth>
  /** After a key was revoked: it is refused at once here, within five seconds elsewhere. */
  forgetKey(id: string): void
  /** Notes which keys were used. For tests, and on the way out. */
  flush(): Promise<void>
  close(): Promise<void>
}

export function createAuthenticator(
  access: Access,
  onError?: (error: unknown) => void,
): Authenticator {
  const keys = createKeyAuthenticator(access.db, onError)
  const instance = instanceAuthenticator(access)
  const cookieName = cookieNames(access.config.PUBLIC_URL).session
  const refusals = createRefusals()
  const byBearer = async (
    bearer: string,
    wanted: string | undefined,
    ip: string | undefined,
  ): Promise<Auth> => {
    const key = await keys.find(bearer)
    if (key) return ofWanted(key, wanted)
    if (instance.matches(bearer)) return instance.auth(wanted ?? DEFAULT_SLUG)
    const token = looksLikeToken(bearer)
      ? await readToken(access.secrets.jwtKey, bearer, access.db.clock.now())
      : null
    const session = token && (await bySession(access, token.sessionHash, 'token', wanted))
    if (!session || session.memberId !== token.memberId) {
      refusals.count(ip, access.db.clock.now())
      throw new AppError('unauthenticated', REFUSED)
    }
    return session
  }
  return {
    async authenticate(request) {
      const bearer = readBearer(request.headers.authorization)
      const wanted = readWanted(request)
      if (bearer !== null) return byBearer(bearer, wanted, request.ip)
      const sid = readCookie(request.headers.cookie, cookieName)
      if (sid === undefined) throw new AppError('unauthenticated', MISSING)
      requireSameOrigin(request, access.config.PUBLIC_URL)
      const tokenHash = hashToken(sid)?.toString('hex')
      const attended = isAttended(request)
      const session = tokenHash && (await bySession(access, tokenHash, 'session', wanted, attended))
      if (!session) throw new AppError('unauthenticated', 'Your session has ended. Sign in again.')
      return session
    },
    forgetKey: (id) => keys.forget(id),
    flush: () => keys.flush(),
    close: () => keys.close(),
  }
}

const MISSING = 'Send an API key in the header `Authorization: Bearer <key>`, or sign in.'
const REFUSED =
  'This key or token is unknown, was revoked or has expired. Send a valid one in `Authorization: Bearer <key>`.'

/** False for what a page reads on its own while nobody touches it: that keeps no idle session alive. */
function isAttended({ routeOptions, headers }: FastifyRequest): boolean {
  return routeOptions.config.unattended !== true && headers['x-unattended'] === undefined
}

/** Null when there is no header. The scheme's name may be in any case (RFC 9110 §11.1). */
function readBearer(header: string | undefined): string | null {
  if (header === undefined) return null
  const match = /^Bearer +([^\s]+) *$/i.exec(header)
  if (!match) throw new AppError('unauthenticated', MISSING)
  return match[1]!
}

function readWanted(request: FastifyRequest): string | undefined {
  const wanted = request.headers['x-workspace']
  return typeof wanted === 'string' && wanted !== '' ? wanted : undefined
}

function ofWanted({ auth, slug }: KnownKey, wanted: string | undefined): Auth {
  if (wanted === undefined || wanted === slug || wanted === auth.workspaceId) return auth
  throw noWorkspace(wanted)
}

function noWorkspace(wanted: string): AppError {
  return new AppError(
    'not_found',
    `X-Workspace: there is no workspace ${wanted.slice(0, 64)} for you.`,
  )
}

const scopeSets = Object.fromEntries(
  Object.entries(scopesOfRole).map(([role, list]) => [role, new Set(list)]),
) as unknown as Readonly<Record<Role, ReadonlySet<Scope>>> // the same keys

/** Sessions are read at every request: one that was ended is over for the next. */
async function bySession(
  access: Access,
  tokenHash: string,
  kind: 'session' | 'token',
  wanted: string | undefined,
  attended = true,
): Promise<Auth | null> {
  const { db, config } = access
  const session = await findSession(db.app, tokenHash)
  const now = db.clock.now()
  if (!session || isOver(session, config.SESSION_IDLE_MINUTES, now)) return null
  if (attended && needsRenewal(session, now)) await markSeen(db.app, tokenHash, now)
  const auth: Auth = {
    kind,
    workspaceId: session.workspaceId,
    scopes: scopeSets[session.role],
    actorId: session.memberId,
    memberId: session.memberId,
    sessionHash: tokenHash,
    verifiedAt: session.verifiedAt,
  }
  return ofWanted({ auth, slug: session.slug }, wanted)
}

/** OREE_API_KEY. Its text is the operator's choice, so hashes are compared, in constant time. */
function instanceAuthenticator({ db, config }: Access) {
  const key = config.OREE_API_KEY
  const expected = key === undefined ? null : sha256(key)
  const all: ReadonlySet<Scope> = new Set(scopes)
  const find = (wanted: string) =>
    UUID.test(wanted) ? findWorkspaceById(db.app, wanted) : findWorkspaceBySlug(db.app, wanted)
  const workspaces = createCache({ load: find, ttlMs: WORKSPACES_TTL_MS, max: MAX_WORKSPACES })
  return {
    matches: (bearer: string) => expected !== null && timingSafeEqual(sha256(bearer), expected),
    async auth(wanted: string): Promise<Auth> {
      const workspace = await workspaces.get(wanted)
      if (!workspace) {
        workspaces.forget(wanted)
        throw noWorkspace(wanted)
      }
      return {
        kind: 'instance',
        workspaceId: workspace.id,
        scopes: all,
        actorId: 'instance',
        memberId: null,
        sessionHash: null,
      }
    },
  }
}
