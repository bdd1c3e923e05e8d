/** Adds a sender to a workspace, from settings that a member typed or from another sender's. */
import type { Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import type { UrlRules } from '../lib/ssrf.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { type Actor, audit } from '../workspaces/audit/audit.ts'
import { sealContext } from './directory.ts'
import type { Provider } from './provider.ts'
import { findProvider, providersFor } from './registry.ts'
import type { NewSender, SenderChange } from './schema.ts'
import {
  assertPublicSettings,
  checkSettings,
  mergeSettings,
  type Sealing,
  type Settings,
} from './settings.ts'
import { findSender, insertSenders, nextPosition, type SenderRow } from './store.ts'
import { openSettings } from './view.ts'

export interface SenderContext {
  readonly sealing: Sealing
  /** What members' URLs may lead to. */
  readonly urlRules: UrlRules
  readonly actor: Actor
  readonly now: Date
}

export async function createSender(
  tx: Sql,
  workspaceId: string,
  request: NewSender,
  context: SenderContext,
): Promise<SenderRow> {
  const provider = findProvider(request.channel, request.provider)
  if (!provider) throw invalid('/provider', unknownProvider(request))
  const settings = newSettings(provider, {}, request.settings, context)
  return insert(tx, workspaceId, { ...request, provider, settings }, context)
}

/** A member's own sender that begins like another one, such as one of the environment. */
export async function copySender(
  tx: Sql,
  workspaceId: string,
  { id, change }: { id: string; change: SenderChange },
  context: SenderContext,
): Promise<SenderRow> {
  const row = await findSender(tx, workspaceId, id)
  if (!row) throw new AppError('not_found', 'There is no such sender.')
  const provider = providerOf(row)
  const stored = openSettings(row, context.sealing)
  const settings = newSettings(provider, stored, change.settings ?? {}, context)
  const copied = {
    name: `${row.name} (copy)`,
    per_second: row.perSecond,
    on_unknown: row.onUnknown,
    ...change,
  }
  return insert(tx, workspaceId, { provider, ...copied, settings }, context)
}

/** Raises `invalid_input`. Answers what to store. */
export function newSettings(
  provider: Provider,
  stored: Settings,
  change: Settings,
  { urlRules }: Pick<SenderContext, 'urlRules'>,
): Settings {
  const settings = checkSettings(provider, mergeSettings(provider, stored, change))
  assertPublicSettings(provider, settings, urlRules)
  return settings
}

export function providerOf(row: SenderRow): Provider {
  const provider = findProvider(row.channel, row.provider)
  if (provider) return provider
  throw new AppError('conflict', `This version has no provider ${row.provider} for ${row.channel}.`)
}

function unknownProvider({ channel, provider }: NewSender): string {
  const known = providersFor(channel).map(({ id }) => id)
  return `There is no provider ${provider} for ${channel}. There is: ${known.join(', ')}.`
}

type Insert = Omit<SenderChange, 'settings'> & {
  readonly provider: Provider
  readonly settings: Settings
}

async function insert(
  tx: Sql,
  workspaceId: string,
  { provider, settings, name, position, per_second, on_unknown }: Insert,
  { sealing, actor, now }: SenderContext,
): Promise<SenderRow> {
  const id = uuid7()
  const { channel } = provider
  const row = {
    ...{ workspaceId, id, channel },
    provider: provider.id,
    name: name ?? provider.name,
    settings: sealing.seal(JSON.stringify(settings), sealContext(workspaceId, id)),
    origin: 'member' as const,
    position: position ?? (await nextPosition(tx, workspaceId, channel)),
    perSecond: per_second ?? null,
    onUnknown: on_unknown ?? 'hold',
    createdAt: now,
  }
  await insertSenders(tx, [row])
  const details = { channel, provider: provider.id }
  await audit(tx, workspaceId, { actor, at: now, action: 'sender.created', target: id, details })
  const made = {
    status: 'active',
    statusReason: null,
    breakerOpenUntil: null,
    ...{ breakerReason: null, costAmount: null, costCurrency: null },
  } as const
  return { ...row, ...made, updatedAt: now }
}
