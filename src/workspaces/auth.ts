/**
 * Who is asking, and what they may do. Filled in by http/ before a route runs;
 * rooms read `request.auth` and never look at headers themselves.
 */
import type { TransactionSql } from 'postgres'
import type { DescribedAnswers, DescribedBody } from '../lib/described.ts'

export const roles = ['owner', 'admin', 'editor', 'viewer', 'client'] as const
export type Role = (typeof roles)[number]

/** What a key may be given and a route may ask for. `*` is everything. */
export const scopes = [
  'messages:read',
  'messages:write',
  'templates:read',
  'templates:write',
  'journeys:read',
  'journeys:write',
  'contacts:read',
  'contacts:write',
  'events:write',
  'senders:read',
  'senders:write',
  'analytics:read',
  'members:read',
  'members:write',
  'keys:write',
  'workspaces:write',
  'audit:read',
  'requests:read',
] as const
export type Scope = (typeof scopes)[number]

const viewer: readonly Scope[] = [
  'messages:read',
  'templates:read',
  'journeys:read',
  'contacts:read',
  'senders:read',
  'analytics:read',
]
const editor: readonly Scope[] = [
  ...viewer,
  'messages:write',
  'templates:write',
  'journeys:write',
  'contacts:write',
  'events:write',
]
const admin: readonly Scope[] = [
  ...editor,
  'senders:write',
  'members:read',
  'members:write',
  'keys:write',
  'audit:read',
  'requests:read',
]

/** What each role may do in its workspace. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  owner: scopes,
  admin,
  editor,
  viewer,
  client: ['analytics:read'],
}

export interface Auth {
  readonly kind: 'key' | 'instance' | 'session' | 'token'
  readonly workspaceId: string
  readonly scopes: ReadonlySet<Scope>
  /** For the audit log: the key's id, the member's id, or `instance`. */
  readonly actorId: string
  readonly memberId: string | null
  /** Hash of the session's token; null for keys. */
  readonly sessionHash: string | null
  /** When a person last gave password or code; absent for keys. See `requireRecentLogin`. */
  readonly verifiedAt?: Date
}

/** Work inside the transaction of one request's workspace. */
export type Work<T> = (tx: TransactionSql, workspaceId: string) => Promise<T>

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that is not `public`. */
    auth: Auth
    /** Reads of this request's workspace, in one transaction behind row level security. */
    read<T>(work: Work<T>): Promise<T>
  }
  interface FastifyReply {
    /**
     * Runs `work` in a transaction of the request's workspace and answers with its result.
     * With an Idempotency-Key, key and work commit together and a repetition gets the first answer.
     */
    answer<T>(status: number, work: Work<T>): Promise<T>
  }
  interface FastifyContextConfig {
    /** No login. Everything else needs `scope`, or any login when that is absent. */
    public?: boolean
    scope?: Scope
    /** False for a route that writes but takes no Idempotency-Key, since its answer must not be kept. */
    repeatable?: boolean
    /** It heeds If-Match (see http/ifMatch.ts). */
    guarded?: boolean
    /** Asked for by a page on its own: it does not keep an idle session alive. */
    unattended?: boolean
    /** What it answers and takes that is no JSON of its schema (see lib/described.ts). */
    answers?: DescribedAnswers
    takes?: DescribedBody
  }
}
