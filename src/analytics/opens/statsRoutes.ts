/** Document 000's `/stats`, and the button that proves that alerts arrive. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SenderDirectory } from '../../channels/directory.ts'
import { type Db, inWorkspace } from '../../db/db.ts'
import { AppError, isVendorFault } from '../../errors.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import type { SyncFigures } from '../../sync/figures.ts'
import { configOf } from './ask.ts'
import { type Alerts, alertsByStatus, openTotals } from './store.ts'

const CLOSE = 'close'
const tags = ['Opens']
const Instant = z.iso.datetime().nullable()
const count = z.number().int()
const waiting = new Set(['scheduled', 'queued', 'held', 'sending'])

const Stats = z.object({
  cache: z.object({
    size: count,
    retention_hours: z.number(),
    hits: count,
    oldest_at: Instant,
  }),
  polling: z.object({
    enabled: z.boolean(),
    interval_seconds: z.number().nullable(),
    last_at: Instant,
    last_error: z.string().nullable(),
    next_at: Instant,
  }),
  webhook: z.object({ last_at: Instant, received: count, rejected: count, silent: z.boolean() }),
  notifications: z.object({
    sent: count,
    duplicates_prevented: count,
    machine_suppressed: count,
    failed: count,
    waiting: count,
    unknown: count,
    last_at: Instant,
  }),
  uptime_seconds: count,
})

export interface StatsRoutesDeps {
  readonly db: Db
  readonly senders: SenderDirectory
  readonly defaultWorkspaceId: string
  /** STATS_PUBLIC: read without a key, of the default workspace. */
  readonly open: boolean
  figures(workspaceId: string, connectorId: string): Promise<SyncFigures>
}

export const statsRoutes =
  (deps: StatsRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/stats',
      {
        config: configOf(deps),
        schema: {
          tags,
          summary: 'What runs between Close and Discord: cache, polls, webhooks, alerts',
          response: { 200: Stats },
        },
      },
      async (request) => {
        const workspaceId = deps.open ? deps.defaultWorkspaceId : request.auth.workspaceId
        const figures = await deps.figures(workspaceId, CLOSE)
        const [alerts, totals] = await inWorkspace(deps.db, workspaceId, async (tx) => [
          await alertsByStatus(tx, workspaceId),
          await openTotals(tx, workspaceId, CLOSE),
        ])
        return statsOf(figures, alerts, totals.machineOpens)
      },
    )

    app.post(
      '/test/notification',
      {
        config: { scope: 'messages:write', repeatable: false },
        schema: {
          tags,
          summary: 'Sends one alert to Discord and answers what Discord said; counted nowhere',
          response: {
            200: z.object({ status: z.enum(['sent', 'failed']), detail: z.string() }),
          },
        },
      },
      (request) => sendTest(deps.senders, request.auth.workspaceId),
    )
  }

function statsOf(
  { cache, polling, webhook, events }: SyncFigures,
  alerts: readonly Alerts[],
  machineOpens: number,
): z.infer<typeof Stats> {
  const sum = (has: (status: string) => boolean) =>
    alerts.reduce((total, { status, n }) => total + (has(status) ? n : 0), 0)
  const times = alerts.flatMap(({ lastSentAt }) => (lastSentAt ? [+lastSentAt] : []))
  return {
    cache: {
      size: cache.size,
      retention_hours: cache.retentionHours,
      hits: cache.hits,
      oldest_at: cache.oldestAt?.toISOString() ?? null,
    },
    polling: {
      enabled: polling.enabled,
      interval_seconds: polling.intervalSeconds,
      last_at: polling.lastAt?.toISOString() ?? null,
      last_error: polling.lastError,
      next_at: polling.nextAt?.toISOString() ?? null,
    },
    webhook: {
      last_at: webhook.lastAt?.toISOString() ?? null,
      received: webhook.received,
      rejected: webhook.rejected,
      silent: webhook.silent,
    },
    notifications: {
      sent: sum((status) => status === 'sent' || status === 'delivered'),
      duplicates_prevented: events['email.opened']?.again ?? 0,
      machine_suppressed: machineOpens,
      failed: sum((status) => status === 'failed' || status === 'expired'),
      waiting: sum((status) => waiting.has(status)),
      unknown: sum((status) => status === 'unknown'),
      last_at: times.length === 0 ? null : new Date(Math.max(...times)).toISOString(),
    },
    uptime_seconds: Math.floor(process.uptime()),
  }
}

/** Past the queue, as a template's test is, so that nobody counts it. */
async function sendTest(senders: SenderDirectory, workspaceId: string) {
  const [sender] = await senders.forChannel(workspaceId, 'discord')
  if (!sender || sender.origin === 'builtin') {
    throw new AppError(
      'conflict',
      'No Discord webhook is set. Set DISCORD_WEBHOOK_URL, or add a sender for the channel discord.',
    )
  }
  const content = {
    title: '🔔 Test alert',
    text: 'Alerts about opened emails will arrive here.',
    data: {},
  }
  try {
    const message = { id: uuid7(), to: '', content }
    const { providerMessageId } = await sender.provider.send(message, senders.context(sender))
    const detail =
      providerMessageId === null
        ? 'Discord accepted it. Look into the channel.'
        : `Discord accepted it: message ${providerMessageId}. Look into the channel.`
    return { status: 'sent' as const, detail }
  } catch (error) {
    if (!isVendorFault(error)) throw error
    return { status: 'failed' as const, detail: error.message }
  }
}
