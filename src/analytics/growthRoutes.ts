/** How the list of contacts grows: who joined and who left, by day. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { invalid } from '../errors.ts'
import { isTimeZone } from '../lib/zone.ts'
import { type GrowthDay, growthByDay } from './growth.store.ts'
import { Range, rangeOf } from './range.ts'

const count = z.number().int()
const Day = z.object({
  date: z.iso.date(),
  joined: count.meta({ description: '`created` and `returned`.' }),
  left: count.meta({ description: '`unsubscribed`, `deleted` and `merged`.' }),
  net: count.meta({ description: '`joined` less `left`.' }),
  created: count.meta({ description: 'Contacts that were new.' }),
  returned: count.meta({
    description:
      'Contacts that said yes again after a no to everything, or were taken apart again.',
  }),
  unsubscribed: count.meta({
    description: 'Contacts that said no to all marketing on every channel.',
  }),
  deleted: count.meta({
    description: 'Contacts that were deleted or erased and had not left before.',
  }),
  merged: count.meta({ description: 'Contacts that turned out to be another one.' }),
})

export const growthRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (app, { db }) => {
  app.get(
    '/analytics/growth',
    {
      config: { scope: 'analytics:read' },
      schema: {
        tags: ['Analytics'],
        summary: 'Contacts who joined and who left, by day',
        querystring: Range.extend({ time_zone: z.string().max(64).default('UTC') }),
        response: { 200: z.object({ time_zone: z.string(), data: z.array(Day) }) },
      },
    },
    async (request) => {
      const { time_zone: timeZone } = request.query
      if (!isTimeZone(timeZone))
        throw invalid('/time_zone', 'not an IANA time zone, such as Europe/Berlin')
      const range = rangeOf(request.query, db.clock.now())
      const rows = await request.read((tx, workspaceId) =>
        growthByDay(tx, workspaceId, { ...range, timeZone }),
      )
      return { time_zone: timeZone, data: rows.map(summed) }
    },
  )
}

function summed(day: GrowthDay): z.infer<typeof Day> {
  const joined = day.created + day.returned
  const left = day.unsubscribed + day.deleted + day.merged
  return { ...day, joined, left, net: joined - left }
}
