/**
 * The senders of each workspace, opened and ready: what the engine and the API choose from.
 *
 * Rows are kept for a moment (other processes' changes show after TTL_MS); connections live as
 * long as a sender's settings do not change.
 */
import type { Logger } from 'pino'
import type { Db } from '../db/db.ts'
import { createCache } from '../lib/cache.ts'
import type { Http } from '../lib/http.ts'
import { withOperatorsBase } from './baseUrls.ts'
import type { ChannelId } from './channel.ts'
import type { Provider, ProviderContext } from './provider.ts'
import { findProvider } from './registry.ts'
import { listSenders, type SenderRow } from './store.ts'

const TTL_MS = 1_000
const MAX_WORKSPACES = 10_000 // kept at once

export interface Sender {
  readonly workspaceId: string
  readonly id: string
  readonly channel: ChannelId
  readonly name: string
  readonly provider: Provider
  readonly settings: unknown
  readonly origin: SenderRow['origin']
  readonly status: SenderRow['status']
  readonly statusReason: string | null
  readonly breakerOpenUntil: Date | null
  /** Messages per second over all processes; null: as many as we can. */
  readonly perSecond: number | null
  readonly onUnknown: 'hold' | 'resend'
  /** Changes with the settings; a new revision gets a new connection. */
  readonly revision: string
}

/** The senders of one workspace as they were at one moment. */
export interface WorkspaceSenders {
  find(senderId: string): Sender | undefined
  /** Senders of a channel in order of use: active ones first, the built-in sandbox only when there is no other. */
  forChannel(channel: ChannelId): readonly Sender[]
}

export interface SenderDirectory {
  of(workspaceId: string): Promise<WorkspaceSenders>
  find(workspaceId: string, senderId: string): Promise<Sender | undefined>
  forChannel(workspaceId: string, channel: ChannelId): Promise<readonly Sender[]>
  forget(workspaceId: string): void
  /** What `provider.send` needs; opens the sender's connection on first use. */
  context(sender: Sender): ProviderContext<unknown, unknown>
  close(): Promise<void>
}

export interface DirectoryOptions {
  readonly db: Db
  readonly log: Logger
  readonly publicUrl: string
  /** For senders that members typed: guarded against private networks. */
  readonly guardedHttp: Http
  /** For what the operator set in the environment. */
  readonly trustedHttp: Http
  /** The operator's; the addresses of vendors' APIs are read from them. */
  readonly variables?: Readonly<Record<string, unknown>>
  /** Opens a sealed text; `context` binds it to its row. */
  unseal(sealed: string, context: string): string
}

interface Open {
  readonly revision: string
  readonly connection: unknown
  readonly provider: Provider
}

export function createSenderDirectory(options: DirectoryOptions): SenderDirectory {
  const senders = createCache({
    load: async (workspaceId) => sendersOf(await loadSenders(options, workspaceId)),
    ttlMs: TTL_MS,
    max: MAX_WORKSPACES,
  })
  const connections = new Map<string, Open>()

  const close = (open: Open) =>
    open.provider
      .close?.(open.connection)
      .catch((error: unknown) => options.log.warn({ err: error }, 'closing a connection failed'))

  const connectionOf = (sender: Sender): unknown => {
    const known = connections.get(sender.id)
    if (known?.revision === sender.revision) return known.connection
    if (known) void close(known)
    const connection = sender.provider.open?.(sender.settings, {
      guarded: sender.origin === 'member',
    })
    connections.set(sender.id, { revision: sender.revision, connection, provider: sender.provider })
    return connection
  }

  return {
    of: async (workspaceId) => senders.get(workspaceId),
    find: async (workspaceId, senderId) => (await senders.get(workspaceId)).find(senderId),
    forChannel: async (workspaceId, channel) =>
      (await senders.get(workspaceId)).forChannel(channel),
    forget: (workspaceId) => senders.forget(workspaceId),
    context(sender) {
      const { provider, settings } = sender
      const redirected = withOperatorsBase(provider, settings, options.variables ?? {})
      const guarded = sender.origin === 'member' && redirected === undefined
      return {
        settings: redirected ?? settings,
        http: guarded ? options.guardedHttp : options.trustedHttp,
        guarded,
        connection: connectionOf(sender),
        callbackUrl: `${options.publicUrl}/webhook/${provider.id}/${sender.id}`,
      }
    },
    async close() {
      await Promise.all([...connections.values()].map(close))
      connections.clear()
    },
  }
}

function sendersOf(senders: readonly Sender[]): WorkspaceSenders {
  const byId = new Map(senders.map((sender) => [sender.id, sender]))
  const byChannel = new Map(
    senders.map(({ channel }) => [channel, inOrderOfUse(senders, channel)] as const),
  )
  return {
    find: (senderId) => byId.get(senderId),
    forChannel: (channel) => byChannel.get(channel) ?? [],
  }
}

function inOrderOfUse(senders: readonly Sender[], channel: ChannelId): Sender[] {
  const all = senders.filter((each) => each.channel === channel && each.status !== 'disabled')
  const real = all.filter((sender) => sender.origin !== 'builtin')
  const usable = real.length > 0 ? real : all
  return [
    ...usable.filter((sender) => sender.status === 'active'),
    ...usable.filter((sender) => sender.status !== 'active'),
  ]
}

async function loadSenders(
  options: DirectoryOptions,
  workspaceId: string,
): Promise<readonly Sender[]> {
  const rows = await listSenders(options.db.engine, workspaceId)
  return rows.flatMap((row) => {
    const provider = findProvider(row.channel, row.provider)
    if (!provider) {
      options.log.error(
        { sender_id: row.id, provider: row.provider },
        'a sender names a provider that this version does not have',
      )
      return []
    }
    const opened = openSettings(row, provider, options)
    return [
      {
        workspaceId,
        id: row.id,
        channel: row.channel,
        name: row.name,
        provider,
        settings: opened.settings,
        origin: row.origin,
        status: opened.fault === null ? row.status : 'paused',
        statusReason: opened.fault ?? row.statusReason,
        breakerOpenUntil: row.breakerOpenUntil,
        perSecond: row.perSecond ?? provider.limits.perSecond ?? null,
        onUnknown: row.onUnknown,
        revision: row.settings,
      },
    ]
  })
}

/** A sender that cannot be opened waits for a person; it must not make the sandbox take its place. */
function openSettings(row: SenderRow, provider: Provider, options: DirectoryOptions) {
  if (row.origin === 'builtin') return { settings: {}, fault: null }
  try {
    const text = options.unseal(row.settings, sealContext(row.workspaceId, row.id))
    return { settings: provider.settings.parse(JSON.parse(text)), fault: null }
  } catch (error) {
    options.log.error({ err: error, sender_id: row.id }, 'the settings of a sender cannot be read')
    const fault = 'Its settings cannot be read. Was ENCRYPTION_KEY changed? Enter them again.'
    return { settings: {}, fault }
  }
}

/** Binds sealed settings to their row, so that they open nowhere else. */
export function sealContext(workspaceId: string, senderId: string): string {
  return `${workspaceId}|senders|settings|${senderId}`
}
