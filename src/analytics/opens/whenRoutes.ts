/** When mail is opened: by hour of the day, by day of the week, and by both. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Asked, asking, configOf, type OpenRoutesDeps } from './ask.ts'
import { OpenCounts, openCounts, Query } from './schema.ts'
import { opensBy } from './store.ts'
import { opensOfWeek } from './week.store.ts'

const tags = ['Opens']
const HOURS = 24 // of a day
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export const whenRoutes =
  (deps: OpenRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = configOf(deps)
    const ask = asking(deps)

    app.get(
      '/analytics/by-time',
      {
        config,
        schema: {
          tags,
          summary: 'Opens by hour of the day, all and those by people',
          querystring: Query,
          response: {
            200: z.object({
              time_zone: z.string(),
              data: z.array(z.object({ hour: z.number().int(), ...OpenCounts })),
            }),
          },
        },
      },
      (request) =>
        ask(request, request.query.source, async (asked) => {
          const opens = await spread(asked, 'hour')
          return { data: Array.from({ length: HOURS }, (_, hour) => ({ hour, ...opens(hour) })) }
        }),
    )

    app.get(
      '/analytics/by-day',
      {
        config,
        schema: {
          tags,
          summary: 'Opens by day of the week, all and those by people',
          querystring: Query,
          response: {
            200: z.object({
              time_zone: z.string(),
              data: z.array(z.object({ day: z.string(), ...OpenCounts })),
            }),
          },
        },
      },
      (request) =>
        ask(request, request.query.source, async (asked) => {
          const opens = await spread(asked, 'isodow')
          return { data: weekdays.map((day, index) => ({ day, ...opens(index + 1) })) }
        }),
    )

    app.get(
      '/analytics/by-week',
      {
        config,
        schema: {
          tags,
          summary: 'Opens by day of the week and hour of the day; null where no such hour was yet',
          querystring: Query,
          response: {
            200: z.object({
              time_zone: z.string(),
              data: z.array(
                z.object({
                  day: z.string(),
                  hour: z.number().int(),
                  opens: OpenCounts.opens.nullable(),
                  human_opens: OpenCounts.human_opens.nullable(),
                }),
              ),
            }),
          },
        },
      },
      (request) => ask(request, request.query.source, (asked) => week(asked, deps.db.clock.now())),
    )
  }

/** Opens by a part of their local time; zero where there are none. */
async function spread({ tx, workspaceId, zone, source }: Asked, field: 'hour' | 'isodow') {
  const rows = await opensBy(tx, workspaceId, source, { field, zone })
  const byPart = new Map(rows.map(({ part, ...counts }) => [part, openCounts(counts)]))
  return (part: number) => byPart.get(part) ?? { opens: 0, human_opens: 0 }
}

/** All 168 hours, Monday first. */
async function week({ tx, workspaceId, zone, source }: Asked, now: Date) {
  const rows = await opensOfWeek(tx, workspaceId, source, { zone, now })
  const known = new Map(rows.map((row) => [row.day * HOURS + row.hour, openCounts(row)]))
  const data = weekdays.flatMap((day, at) =>
    Array.from({ length: HOURS }, (_, hour) => {
      const counts = known.get((at + 1) * HOURS + hour) ?? { opens: null, human_opens: null }
      return { day, hour, ...counts }
    }),
  )
  return { data }
}
