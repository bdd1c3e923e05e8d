/** Document 000's questions about opens; those about when in whenRoutes.ts. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { TransactionSql } from 'postgres'
import { z } from 'zod'
import { invalid } from '../../errors.ts'
import { type Asked, asking, configOf, type OpenRoutesDeps } from './ask.ts'
import { Engagement, LogRow, logRow, Query, Summary, TopLead, topLead } from './schema.ts'
import {
  type Day,
  dayOf,
  distinctOf,
  loggedOpens,
  medianDelay,
  openedOfSent,
  opensBetween,
  openTotals,
  topLeads,
} from './store.ts'
import { whenRoutes } from './whenRoutes.ts'

const tags = ['Opens']
const MAX_OF_A_DAY = 1_000 // opens listed by date; the totals count all
const Limit = z.coerce.number().int().min(1).max(100).default(10)
const Listed = Query.extend({ limit: Limit })

export const openRoutes =
  (deps: OpenRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = configOf(deps)
    const ask = asking(deps)

    app.get(
      '/analytics/summary',
      {
        config,
        schema: {
          tags,
          summary: 'All opens added up',
          querystring: Query,
          response: { 200: Summary },
        },
      },
      (request) =>
        ask(request, request.query.source, (asked) => summary(asked, deps.db.clock.now())),
    )

    app.get(
      '/analytics/recent',
      {
        config,
        schema: {
          tags,
          summary: 'The newest opens',
          querystring: Listed,
          response: { 200: z.object({ time_zone: z.string(), data: z.array(LogRow) }) },
        },
      },
      (request) =>
        ask(request, request.query.source, async ({ tx, workspaceId, source }) => {
          const { limit } = request.query
          const rows = await loggedOpens(tx, workspaceId, source, { day: null, limit })
          return { data: rows.map(logRow) }
        }),
    )

    app.get(
      '/analytics/by-date',
      {
        config,
        schema: {
          tags,
          summary: 'The opens of one day, and their totals',
          querystring: Query.extend({
            date: z.iso.date().optional().meta({ description: 'Default: today.' }),
          }),
          response: {
            200: z.object({
              date: z.string(),
              time_zone: z.string(),
              total_opens: z.number().int(),
              unique_emails: z.number().int(),
              unique_leads: z.number().int(),
              machine_opens: z.number().int(),
              opens: z.array(LogRow),
            }),
          },
        },
      },
      (request) =>
        ask(request, request.query.source, async (asked) => {
          const { tx, workspaceId, zone, source } = asked
          const date = request.query.date ?? today(deps.db.clock.now(), zone)
          const day = await dayOrFault(tx, date, zone)
          const totals = await distinctOf(tx, workspaceId, source, day)
          const rows = await loggedOpens(tx, workspaceId, source, { day, limit: MAX_OF_A_DAY })
          return {
            date,
            total_opens: await opensBetween(tx, workspaceId, source, day),
            unique_emails: totals.emails,
            unique_leads: totals.leads,
            machine_opens: totals.machine,
            opens: rows.map(logRow),
          }
        }),
    )

    app.get(
      '/analytics/top-leads',
      {
        config,
        schema: {
          tags,
          summary: 'Who opens most',
          querystring: Listed,
          response: { 200: z.object({ time_zone: z.string(), data: z.array(TopLead) }) },
        },
      },
      (request) =>
        ask(request, request.query.source, async ({ tx, workspaceId, source }) => {
          const rows = await topLeads(tx, workspaceId, source, request.query.limit)
          return { data: rows.map(topLead) }
        }),
    )

    app.get(
      '/analytics/engagement',
      {
        config,
        schema: {
          tags,
          summary: 'How many open, how often, how soon, and how many answer',
          querystring: Query,
          response: { 200: Engagement.extend({ time_zone: z.string() }) },
        },
      },
      (request) => ask(request, request.query.source, engagement),
    )

    await app.register(whenRoutes(deps))
  }

async function summary({ tx, workspaceId, zone, source }: Asked, now: Date) {
  const totals = await openTotals(tx, workspaceId, source)
  const day = await dayOf(tx, today(now, zone), zone)
  return {
    total_opens: totals.opens,
    unique_emails: totals.emailsOpened,
    unique_leads: totals.leads,
    opens_today: await opensBetween(tx, workspaceId, source, day),
    machine_opens: totals.machineOpens,
    last_open_at: totals.lastOpenAt?.toISOString() ?? null,
  }
}

async function engagement({ tx, workspaceId, source }: Asked) {
  const totals = await openTotals(tx, workspaceId, source)
  return {
    emails_sent: totals.emailsSent,
    emails_opened: totals.emailsOpened,
    // Not of emails from before the connection: more would be opened than sent.
    open_rate: share(await openedOfSent(tx, workspaceId, source), totals.emailsSent),
    avg_opens_per_email: share(totals.opens, totals.emailsOpened),
    avg_opens_per_lead: share(totals.opens, totals.leads),
    reply_count: totals.replies,
    response_rate: share(totals.replies, totals.emailsSent),
    median_minutes_to_open: await medianDelay(tx, workspaceId, source),
  }
}

async function dayOrFault(tx: TransactionSql, date: string, zone: string): Promise<Day> {
  if (Number(date.slice(0, 4)) < 1970) throw invalid('/date', 'a day since 1970')
  return dayOf(tx, date, zone)
}

/** The local date, as 2026-02-01. */
const today = (now: Date, zone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(now)

const share = (part: number, whole: number) =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000
