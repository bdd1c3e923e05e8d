/** `beckon key …`: API keys of a workspace. */
import { inWorkspace } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { system } from '../workspaces/audit/audit.ts'
import { type Scope, scopes } from '../workspaces/auth.ts'
import { createKey, revokeKey } from '../workspaces/keys/createKey.ts'
import { type ApiKey, findKeyFacts, listKeys } from '../workspaces/keys/store.ts'
import { table } from './output.ts'
import type { Tool } from './tool.ts'

const MAX_LISTED = 10_000
const DAY_MS = 86_400_000

export interface NewKeyOptions {
  readonly name: string
  readonly scopes: string
  readonly expires?: string
  readonly workspace?: string
}

export async function makeKey({ db, out, ...tool }: Tool, options: NewKeyOptions): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const now = db.clock.now()
  const input = {
    name: options.name,
    scopes: readScopes(options.scopes),
    expiresAt: options.expires === undefined ? null : readEnd(options.expires, now),
  }
  const key = await inWorkspace(db, id, (tx) =>
    createKey(tx, id, input, { actor: system, memberId: null, now }),
  )
  out.result({ ...view(key), key: key.key }, () => `API key (shown once): ${key.key}`)
}

function readScopes(text: string): Scope[] {
  if (text === 'all') return [...scopes]
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !scopes.some((scope) => scope === name))
  if (unknown !== undefined)
    throw invalid(
      '/scopes',
      `There is no scope ${unknown}. Use all, or some of: ${scopes.join(', ')}.`,
    )
  return scopes.filter((scope) => names.includes(scope))
}

/** A date, or days from now such as 90d. */
function readEnd(text: string, now: Date): Date {
  const days = /^(\d{1,5})d$/.exec(text)?.[1]
  const end = days === undefined ? new Date(text) : new Date(now.getTime() + Number(days) * DAY_MS)
  if (Number.isNaN(end.getTime()))
    throw invalid(
      '/expires_at',
      `${text} is no date. Use 2027-01-31T00:00:00Z or days, such as 90d.`,
    )
  return end
}

export async function showKeys(tool: Tool, options: { workspace?: string }): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  const keys = await listKeys(tool.db.app, id, { after: undefined, limit: MAX_LISTED })
  tool.out.result(keys.map(view), () =>
    table(
      ['id', 'name', 'state', 'last used', 'scopes'],
      keys.map((key) => [
        ...[key.id, key.name, stateOf(key, tool.db.clock.now())],
        ...[key.lastUsedAt?.toISOString() ?? 'never', scopesOf(key)],
      ]),
    ),
  )
}

/** Ids of keys are unique over all workspaces. */
export async function endKey({ db, out }: Tool, id: string): Promise<void> {
  const found = await findKeyFacts(db.app, id)
  if (!found)
    throw new AppError(
      'not_found',
      `There is no API key ${id}. \`beckon key list\` tells their ids.`,
    )
  const context = { actor: system, memberId: null, now: db.clock.now() }
  const revoked = await inWorkspace(db, found.workspaceId, (tx) =>
    revokeKey(tx, found.workspaceId, id, context),
  )
  out.result(view(revoked), () => `The key ${revoked.name} works no more, within 5 seconds.`)
}

function stateOf(key: ApiKey, now: Date): string {
  if (key.revokedAt) return 'revoked'
  if (key.expiresAt)
    return key.expiresAt <= now ? 'expired' : `until ${key.expiresAt.toISOString()}`
  return 'works'
}

const scopesOf = (key: ApiKey) =>
  key.scopes.length === scopes.length ? 'all' : key.scopes.join(', ')

function view(row: ApiKey) {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  }
}
