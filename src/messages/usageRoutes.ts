/** GET /providers/:id/usage: what a sender has sent and has to send. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { getSender } from '../channels/changeSender.ts'
import { findProvider } from '../channels/registry.ts'
import { SenderParams } from '../channels/schema.ts'
import type { Db } from '../db/db.ts'
import { uuid7Floor } from '../lib/uuid7.ts'
import { findUsage } from './store/usage.ts'

const HOUR_MS = 3_600_000
const MOST = 10_000 // messages that are counted one by one

const Usage = z.object({
  waiting: z.int().meta({ description: `Messages that wait for it; ${MOST}: that many or more.` }),
  last_hour: z
    .int()
    .meta({ description: `Messages accepted in the last hour that it sent; ${MOST}: or more.` }),
  per_second: z.number().nullable().meta({ description: 'Its limit; null: none.' }),
  used_per_second: z
    .number()
    .nullable()
    .meta({ description: 'How much of the limit is used just now.' }),
})

export const usageRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/providers/:id/usage',
      {
        config: { scope: 'senders:read' },
        schema: {
          ...{ tags: ['Providers'], summary: 'Say how much of a sender’s limits is used' },
          params: SenderParams,
          response: { 200: Usage },
        },
      },
      (request) =>
        request.read(async (tx, workspaceId) => {
          const { id, channel, provider, perSecond } = await getSender(
            tx,
            workspaceId,
            request.params.id,
          )
          const limit = perSecond ?? findProvider(channel, provider)?.limits.perSecond ?? null
          const now = db.clock.now()
          const since = uuid7Floor(+now - HOUR_MS)
          const found = await findUsage(tx, { workspaceId, id }, { now, since, most: MOST })
          return {
            waiting: found.waiting,
            last_hour: found.lastHour,
            per_second: limit,
            used_per_second: limit === null ? null : usedOf(limit, found),
          }
        }),
    )
  }

/** The bucket holds one second's worth and fills again by itself. */
function usedOf(
  limit: number,
  { tokens, idleSeconds }: { tokens: number | null; idleSeconds: number | null },
): number {
  const left = Math.min(limit, (tokens ?? limit) + limit * Math.max(0, idleSeconds ?? 0))
  return Math.max(0, Math.round((limit - left) * 10) / 10)
}
