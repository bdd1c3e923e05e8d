/** Makes API keys, replaces them and ends them. The key itself is in the answer and nowhere else. */
import type { Sql } from '../../db/db.ts'
import { AppError, invalid } from '../../errors.ts'
import { newApiKey } from '../../lib/ids.ts'
import { type Actor, audit } from '../audit/audit.ts'
import type { Scope } from '../auth.ts'
import { lockWorkspace } from '../store.ts'
import {
  type ApiKey,
  countActiveKeys,
  findKey,
  insertKey,
  markEnding,
  markRevoked,
} from './store.ts'

const OVERLAP_MS = 24 * 3600_000 // a replaced key works so much longer
const MAX_PER_NAME = 2 // the key in use and the one that replaces it

export interface KeyInput {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt: Date | null
}

export interface KeyContext {
  readonly actor: Actor
  readonly memberId: string | null
  readonly now: Date
}

export type CreatedKey = ApiKey & { readonly key: string }

/** 409 when two keys of the name work already, 422 for an end that has passed. */
export async function createKey(
  tx: Sql,
  workspaceId: string,
  input: KeyInput,
  context: KeyContext,
): Promise<CreatedKey> {
  const { now, actor } = context
  if (input.expiresAt && input.expiresAt <= now)
    throw invalid('/expires_at', 'This time has passed.')
  await requireRoom(tx, workspaceId, input.name, now)
  const created = await insert(tx, workspaceId, input, context)
  const details = { name: input.name, scopes: [...input.scopes] }
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'api_key.created',
    target: created.id,
    details,
  })
  return created
}

/** A new key with the same name, scopes and life. The old one works for 24 hours more. */
export async function rotateKey(
  tx: Sql,
  workspaceId: string,
  id: string,
  context: KeyContext,
): Promise<CreatedKey> {
  const { now, actor } = context
  const old = await getKey(tx, workspaceId, id)
  await requireRoom(tx, workspaceId, old.name, now)
  const endsAt = new Date(now.getTime() + OVERLAP_MS)
  const ending = await markEnding(tx, workspaceId, id, { endsAt, now })
  if (!ending)
    throw new AppError('conflict', 'This key was revoked or has expired. Create a new one.')
  const lifeMs =
    ending.expiresAtBefore && ending.expiresAtBefore.getTime() - old.createdAt.getTime()
  const expiresAt = lifeMs === null ? null : new Date(now.getTime() + lifeMs)
  const created = await insert(
    tx,
    workspaceId,
    { name: old.name, scopes: old.scopes, expiresAt },
    context,
  )
  const details = { replaced_by: created.id }
  await audit(tx, workspaceId, { actor, at: now, action: 'api_key.rotated', target: id, details })
  return created
}

/** Twice is harmless. Processes that know the key let it in for 5 seconds more at most. */
export async function revokeKey(
  tx: Sql,
  workspaceId: string,
  id: string,
  { actor, now }: KeyContext,
): Promise<ApiKey> {
  const before = await getKey(tx, workspaceId, id)
  if (before.revokedAt) return before
  const revoked = (await markRevoked(tx, workspaceId, id, now))! // keys are never deleted
  await audit(tx, workspaceId, { actor, at: now, action: 'api_key.revoked', target: id })
  return revoked
}

export async function getKey(sql: Sql, workspaceId: string, id: string): Promise<ApiKey> {
  const key = await findKey(sql, workspaceId, id)
  if (!key) throw new AppError('not_found', 'There is no such API key in this workspace.')
  return key
}

async function insert(
  tx: Sql,
  workspaceId: string,
  row: Omit<KeyInput, 'scopes'> & { scopes: readonly string[] },
  { memberId, now }: KeyContext,
): Promise<CreatedKey> {
  const { id, key, hash } = newApiKey()
  const stored = await insertKey(
    tx,
    workspaceId,
    { ...row, id, secretHash: hash.toString('hex'), createdBy: memberId },
    now,
  )
  return { ...stored, key }
}

async function requireRoom(tx: Sql, workspaceId: string, name: string, now: Date): Promise<void> {
  await lockWorkspace(tx, workspaceId) // two at once would both find room
  if ((await countActiveKeys(tx, workspaceId, name, now)) < MAX_PER_NAME) return
  throw new AppError(
    'conflict',
    `Two keys named ${name} work already. Revoke one, or choose another name.`,
  )
}
