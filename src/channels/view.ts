/** Senders and providers as they go out. No secret leaves by here. */
import { sealContext } from './directory.ts'
import type { Provider } from './provider.ts'
import { findProvider } from './registry.ts'
import type { CatalogEntry, SenderView } from './schema.ts'
import { masked, type Sealing, type Settings, settingsSchema } from './settings.ts'
import type { SenderRow } from './store.ts'

export interface ViewDeps {
  readonly sealing: Sealing
  readonly publicUrl: string
}

export function senderView(row: SenderRow, { sealing, publicUrl }: ViewDeps): SenderView {
  const provider = findProvider(row.channel, row.provider)
  return {
    id: row.id,
    channel: row.channel,
    provider: row.provider,
    name: row.name,
    status: row.status,
    status_reason: row.statusReason,
    ...shownSettings(row, provider, sealing),
    limits: {
      per_second: row.perSecond,
      provider_per_second: provider?.limits.perSecond ?? null,
      concurrency: provider?.limits.concurrency ?? null,
    },
    position: row.position,
    origin: row.origin,
    on_unknown: row.onUnknown,
    cost:
      row.costAmount === null || row.costCurrency === null
        ? null
        : { amount: row.costAmount, currency: row.costCurrency },
    circuit: { open_until: row.breakerOpenUntil?.toISOString() ?? null, reason: row.breakerReason },
    callback_url: provider?.callbacks ? `${publicUrl}/webhook/${provider.id}/${row.id}` : null,
    domain: senderDomain(row, sealing),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

/** Raises an Error when they were sealed with another key. */
export function openSettings(row: SenderRow, sealing: Sealing): Settings {
  const text = sealing.unseal(row.settings, sealContext(row.workspaceId, row.id))
  return JSON.parse(text) as Settings // sealed by us, always an object
}

/** Null: it sends from none, or its settings cannot be opened. */
export function senderDomain(row: SenderRow, sealing: Sealing): string | null {
  const provider = findProvider(row.channel, row.provider)
  if (!provider?.sendingDomain) return null
  try {
    return provider.sendingDomain(openSettings(row, sealing)).domain
  } catch {
    return null // settings_fault tells why
  }
}

function shownSettings(row: SenderRow, provider: Provider | undefined, sealing: Sealing) {
  if (!provider) {
    const fault = `This version has no provider ${row.provider} for ${row.channel}.`
    return { settings: null, settings_fault: fault }
  }
  try {
    return { settings: masked(provider, openSettings(row, sealing)), settings_fault: null }
  } catch (error) {
    return { settings: null, settings_fault: error instanceof Error ? error.message : null }
  }
}

export function catalogEntry(provider: Provider): CatalogEntry {
  return {
    channel: provider.channel,
    id: provider.id,
    name: provider.name,
    settings: settingsSchema(provider),
    limits: {
      per_second: provider.limits.perSecond ?? null,
      concurrency: provider.limits.concurrency,
    },
    callbacks: provider.callbacks !== undefined,
  }
}
