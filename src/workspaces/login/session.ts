/**
 * Sessions of people: an opaque token in a cookie, its hash in a row.
 *
 *   opened by signing in; ended by signing out, by another login's "revoke", by a change
 *   of password, second factor, role or membership, or by time:
 *     idle       SESSION_IDLE_MINUTES; 30 days on a remembered device
 *     absolute   14 days; 90 on a remembered device
 *   renewed by use, noted at most once a minute; its token changes whenever the password is given again
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import '@fastify/cookie'
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { open, seal } from '../../lib/crypt.ts'
import { newToken } from '../../lib/ids.ts'
import type { Access, Client } from '../access.ts'
import type { Auth } from '../auth.ts'
import { insertSession, type SessionRow } from './sessions.store.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const ABSOLUTE_MS = 14 * DAY_MS
const REMEMBERED_ABSOLUTE_MS = 90 * DAY_MS
const REMEMBERED_IDLE_MS = 30 * DAY_MS
const RECENT_MS = 10 * MINUTE_MS // a password given so long ago still counts for sensitive acts
const DEVICE_DAYS = 365
const DEVICE = 'known device'

export interface OpenedSession {
  readonly token: string
  readonly tokenHash: string
  readonly expiresAt: Date
}

export interface SessionOwner {
  readonly memberId: string
  readonly workspaceId: string
  readonly remembered: boolean
  /** Shorter than usual, for tokens of the API. */
  readonly lifeMs?: number
}

export async function openSession(
  sql: Sql,
  owner: SessionOwner,
  client: Client,
  now: Date,
): Promise<OpenedSession> {
  const { token, hash } = newToken()
  const tokenHash = hash.toString('hex')
  const lifeMs = owner.lifeMs ?? (owner.remembered ? REMEMBERED_ABSOLUTE_MS : ABSOLUTE_MS)
  const expiresAt = new Date(now.getTime() + lifeMs)
  const { memberId, workspaceId, remembered } = owner
  await insertSession(
    sql,
    {
      memberId,
      workspaceId,
      remembered,
      tokenHash,
      expiresAt,
      ip: client.ip,
      userAgent: client.userAgent,
    },
    now,
  )
  return { token, tokenHash, expiresAt }
}

export function isOver(session: SessionRow, idleMinutes: number, now: Date): boolean {
  const idleMs = session.remembered ? REMEMBERED_IDLE_MS : idleMinutes * MINUTE_MS
  return session.expiresAt <= now || session.seenAt.getTime() + idleMs <= now.getTime()
}

export function needsRenewal(session: SessionRow, now: Date): boolean {
  return now.getTime() - session.seenAt.getTime() >= MINUTE_MS
}

/** For sensitive acts: keys, members, exports, two-factor. Keys pass; people must have given their password lately. */
export function requireRecentLogin(auth: Auth, now: Date): void {
  if (auth.verifiedAt === undefined) return
  if (now.getTime() - auth.verifiedAt.getTime() > RECENT_MS)
    throw new AppError('reauthentication_required')
}

/** The person behind the request. 403 for keys. */
export function requireMember(auth: Auth): { memberId: string; sessionHash: string } {
  const { memberId, sessionHash } = auth
  if (memberId === null || sessionHash === null) {
    throw new AppError('forbidden', 'This is for people who sign in, not for keys.')
  }
  return { memberId, sessionHash }
}

/** `__Host-` binds a cookie to this host and to https (RFC 6265bis §4.1.3.2); over http it cannot be used. */
export function cookieNames(publicUrl: string): { session: string; device: string } {
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : ''
  return { session: `${prefix}sid`, device: `${prefix}device` }
}

export function setSessionCookie(
  reply: FastifyReply,
  access: Access,
  session: OpenedSession,
  remembered: boolean,
): void {
  const { PUBLIC_URL } = access.config
  reply.setCookie(cookieNames(PUBLIC_URL).session, session.token, {
    ...attributes(PUBLIC_URL),
    ...(remembered ? { expires: session.expiresAt } : {}),
  })
}

export function clearSessionCookie(reply: FastifyReply, access: Access): void {
  const { PUBLIC_URL } = access.config
  reply.clearCookie(cookieNames(PUBLIC_URL).session, attributes(PUBLIC_URL))
}

/** Remembers that this device has signed in to this account (see attempts.ts). It opens nothing. */
export function setDeviceCookie(reply: FastifyReply, access: Access, memberId: string): void {
  const { PUBLIC_URL } = access.config
  const value = seal(access.secrets.encryptionKey, `${memberId} ${newToken().token}`, DEVICE)
  const maxAge = (DEVICE_DAYS * DAY_MS) / 1000
  reply.setCookie(cookieNames(PUBLIC_URL).device, value, { ...attributes(PUBLIC_URL), maxAge })
}

/** The device's id, when it has signed in to this account before. */
export function knownDevice(
  access: Access,
  cookie: string | undefined,
  memberId: string,
): string | undefined {
  if (!cookie) return undefined
  try {
    const [member, device] = open(access.secrets.encryptionKey, cookie, DEVICE).split(' ')
    return member === memberId ? device : undefined
  } catch {
    return undefined // of another installation, or made up
  }
}

export function clientOf(request: FastifyRequest, access: Access): Client {
  return {
    ip: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    requestId: request.id,
    device: request.cookies[cookieNames(access.config.PUBLIC_URL).device],
  }
}

function attributes(publicUrl: string) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
  } as const
}
