/** Document 003's analytics: totals and trends of messages, from counters. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { invalid } from '../errors.ts'
import { Instant } from '../lib/instant.ts'
import { isTimeZone } from '../lib/zone.ts'
import { Range, rangeOf } from './range.ts'
import { type Total, totals, trend } from './store.ts'

const tags = ['Analytics']
const Metrics = z.record(z.string(), z.number().int())

export const analyticsRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (app, { db }) => {
  app.get(
    '/analytics/overview',
    {
      config: { scope: 'analytics:read' },
      schema: {
        tags,
        summary:
          'How many messages were accepted, sent, delivered, opened, …; in all and by channel',
        querystring: Range,
        response: {
          200: z.object({
            from: Instant,
            to: Instant,
            totals: Metrics,
            channels: z.record(z.string(), Metrics),
            rates: z.record(z.string(), z.number().nullable()),
          }),
        },
      },
    },
    async (request) => {
      const { from, to } = rangeOf(request.query, db.clock.now())
      const rows = await request.read((tx, workspaceId) => totals(tx, workspaceId, { from, to }))
      const all = add(rows)
      return {
        from: from.toISOString(),
        to: to.toISOString(),
        totals: all,
        channels: byChannel(rows),
        rates: ratesOf(all),
      }
    },
  )

  app.get(
    '/analytics/trends',
    {
      config: { scope: 'analytics:read' },
      schema: {
        tags,
        summary: 'The same by day or hour',
        querystring: Range.extend({
          unit: z.enum(['day', 'hour']).default('day'),
          time_zone: z.string().max(64).default('UTC'),
        }),
        response: {
          200: z.object({
            unit: z.string(),
            time_zone: z.string(),
            data: z.array(z.object({ at: Instant, channel: z.string(), metrics: Metrics })),
          }),
        },
      },
    },
    async (request) => {
      const { unit, time_zone: timeZone } = request.query
      if (!isTimeZone(timeZone))
        throw invalid('/time_zone', 'not an IANA time zone, such as Europe/Berlin')
      const range = rangeOf(request.query, db.clock.now())
      const rows = await request.read((tx, workspaceId) =>
        trend(tx, workspaceId, { ...range, unit, timeZone }),
      )
      const data = new Map<
        string,
        { at: string; channel: string; metrics: Record<string, number> }
      >()
      for (const { at, channel, metric, n } of rows) {
        const key = `${at.toISOString()} ${channel}`
        const bucket = data.get(key) ?? { at: at.toISOString(), channel, metrics: {} }
        bucket.metrics[metric] = n
        data.set(key, bucket)
      }
      return { unit, time_zone: timeZone, data: [...data.values()] }
    },
  )
}

function add(rows: readonly Total[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { metric, n } of rows) sums[metric] = (sums[metric] ?? 0) + n
  return sums
}

function byChannel(rows: readonly Total[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(rows, (row) => row.channel)].map(([channel, own]) => [channel, add(own)]),
  )
}

/** Shares of what they are counted against; null below MIN_SAMPLE. */
function ratesOf(all: Readonly<Record<string, number>>): Record<string, number | null> {
  const delivered = Math.max(0, (all['sent'] ?? 0) - (all['bounced'] ?? 0))
  const share = (part: number, whole: number) =>
    whole < MIN_SAMPLE ? null : Math.round((part / whole) * 10_000) / 10_000
  return {
    open_rate: share(all['opened_unique_human'] ?? 0, delivered),
    raw_open_rate: share(all['opened_unique'] ?? 0, delivered),
    click_rate: share(all['clicked_unique_human'] ?? 0, delivered),
    reply_rate: share(all['replied'] ?? 0, delivered),
    unsubscribe_rate: share(all['unsubscribed'] ?? 0, delivered),
    complaint_rate: share(all['complained'] ?? 0, delivered),
    bounce_rate: share(all['bounced'] ?? 0, all['sent'] ?? 0),
  }
}

const MIN_SAMPLE = 20 // messages; a share of fewer says nothing
