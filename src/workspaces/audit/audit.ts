/**
 * Who did what, in a chain: each entry's hash covers the one before it, so that a
 * changed, missing or added entry shows (`verifyAudit`). What a person's acts concern is
 * named by ids; addresses, names and secrets stay out of `details`.
 */
import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Json, Sql } from '../../db/db.ts'
import { appendEntry, lockHead, moveHead } from './store.ts'

export interface Actor {
  /** `key`, `instance`, `session`, `token` (see Auth), or `system`. */
  readonly kind: string
  readonly id: string | null
  readonly ip: string | null
  readonly requestId: string | null
}

export type Details = { readonly [name: string]: Json | undefined }

export interface AuditEntry {
  readonly actor: Actor
  readonly at: Date
  /** `object.verbed`, as events are named: `member.invited`. */
  readonly action: string
  /** The id of what it was done to. */
  readonly target?: string | null
  readonly details?: Details
}

/** An entry as it is stored, but for its hash. */
export interface Link {
  readonly seq: number
  readonly at: Date
  readonly actorKind: string
  readonly actorId: string | null
  readonly action: string
  readonly target: string | null
  readonly details: Json
  readonly ip: string | null
  readonly requestId: string | null
}

/** Nobody in particular: start-up, the command line, jobs. */
export const system: Actor = { kind: 'system', id: null, ip: null, requestId: null }

export function actorOf(request: FastifyRequest): Actor {
  const { kind, actorId } = request.auth
  return { kind, id: actorId, ip: request.ip, requestId: request.id }
}

/**
 * Adds an entry in the caller's transaction. It locks the chain's head until that ends,
 * so call it last.
 */
export async function audit(tx: Sql, workspaceId: string, entry: AuditEntry): Promise<void> {
  const head = await lockHead(tx, workspaceId)
  const link: Link = {
    seq: head.seq + 1,
    at: entry.at,
    actorKind: entry.actor.kind,
    actorId: entry.actor.id,
    action: entry.action,
    target: entry.target ?? null,
    details: withoutUndefined(entry.details ?? {}),
    ip: entry.actor.ip,
    requestId: entry.actor.requestId,
  }
  const chained = linkHash(workspaceId, head.hash, link)
  await appendEntry(tx, workspaceId, { ...link, hash: chained })
  await moveHead(tx, workspaceId, link.seq, chained)
}

/** SHA-256 over the hash before and the entry as canonical JSON: keys sorted, at every depth. */
export function linkHash(workspaceId: string, before: string, link: Link): string {
  const { at, ...rest } = link
  return hash('sha256', before + canonical({ ...rest, workspaceId, at: at.toISOString() }), 'hex')
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

function withoutUndefined(details: Details): Json {
  return JSON.parse(JSON.stringify(details)) as Json // plain data, as it will be read back
}
