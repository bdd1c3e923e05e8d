/** API keys in the database: the hash of their secret, never the secret. */
import type { Sql } from '../../db/db.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
  readonly createdBy: string | null
  readonly createdAt: Date
}

export interface NewApiKeyRow {
  readonly id: string
  readonly name: string
  readonly secretHash: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
  readonly createdBy: string | null
}

export async function insertKey(
  sql: Sql,
  workspaceId: string,
  row: NewApiKeyRow,
  now: Date,
): Promise<ApiKey> {
  const [key] = await sql<ApiKey[]>`
    insert into api_keys (id, workspace_id, name, secret_hash, scopes, expires_at, created_by, created_at)
    values (
      ${row.id}, ${workspaceId}, ${row.name}, ${row.secretHash}, ${[...row.scopes]}, ${row.expiresAt},
      ${row.createdBy}, ${now}
    )
    returning id, name, scopes, expires_at, last_used_at, revoked_at, created_by, created_at
  `
  return key!
}

export async function findKey(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<ApiKey | undefined> {
  const [key] = await sql<ApiKey[]>`
    select id, name, scopes, expires_at, last_used_at, revoked_at, created_by, created_at
    from api_keys
    where workspace_id = ${workspaceId} and id = ${id}
  `
  return key
}

/** Newest first, made before the key `after`. */
export async function listKeys(
  sql: Sql,
  workspaceId: string,
  { after, limit }: { after: { at: Date; id: string } | undefined; limit: number },
): Promise<ApiKey[]> {
  return await sql<ApiKey[]>`
    select id, name, scopes, expires_at, last_used_at, revoked_at, created_by, created_at
    from api_keys
    where workspace_id = ${workspaceId}
      and (${after === undefined} or (created_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::text))
    order by created_at desc, id desc
    limit ${limit}
  `
}

/** How many keys of the name work. */
export async function countActiveKeys(
  sql: Sql,
  workspaceId: string,
  name: string,
  now: Date,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from api_keys
    where workspace_id = ${workspaceId} and name = ${name} and revoked_at is null
      and (expires_at is null or expires_at > ${now})
  `
  return row!.count
}

/** Undefined when there is no such key. A key revoked before keeps its time. */
export async function markRevoked(
  sql: Sql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<ApiKey | undefined> {
  const [key] = await sql<ApiKey[]>`
    update api_keys set revoked_at = coalesce(revoked_at, ${now})
    where workspace_id = ${workspaceId} and id = ${id}
    returning id, name, scopes, expires_at, last_used_at, revoked_at, created_by, created_at
  `
  return key
}

/** Brings the end forward, never back. Undefined when the key does not work any more. */
export async function markEnding(
  sql: Sql,
  workspaceId: string,
  id: string,
  { endsAt, now }: { endsAt: Date; now: Date },
): Promise<{ expiresAtBefore: Date | null } | undefined> {
  const [key] = await sql<{ expiresAtBefore: Date | null }[]>`
    with before as (
      select id, expires_at
      from api_keys
      where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null
        and (expires_at is null or expires_at > ${now})
      for update
    )
    update api_keys k set expires_at = least(k.expires_at, ${endsAt})
    from before
    where k.workspace_id = ${workspaceId} and k.id = before.id
    returning before.expires_at as expires_at_before
  `
  return key
}

export interface KeyFacts {
  readonly id: string
  readonly workspaceId: string
  readonly slug: string
  readonly secretHash: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** By id alone, before the workspace is known: what authentication compares. */
export async function findKeyFacts(sql: Sql, id: string): Promise<KeyFacts | undefined> {
  const [facts] = await sql<KeyFacts[]>`
    select k.id, k.workspace_id, w.slug, k.secret_hash, k.scopes, k.expires_at, k.revoked_at
    from api_keys k
    join workspaces w on w.id = k.workspace_id
    where k.id = ${id}
  `
  return facts
}

/** Of several workspaces at once. Times never go back. */
export async function markUsed(sql: Sql, uses: readonly { id: string; at: Date }[]): Promise<void> {
  await sql`
    update api_keys k set last_used_at = u.at
    from unnest(${uses.map((use) => use.id)}::text[], ${uses.map((use) => use.at.toISOString())}::timestamptz[]) as u (id, at)
    where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)
  `
}

/** Whether the workspace ever had a key. */
export async function hasKeys(sql: Sql, workspaceId: string): Promise<boolean> {
  const [row] = await sql`select from api_keys where workspace_id = ${workspaceId} limit 1`
  return row !== undefined
}
