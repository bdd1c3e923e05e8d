/** GET /providers/health: how each sender does, and the rule that says so. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { uuid7Floor } from '../lib/uuid7.ts'
import { senderHealth, WINDOW_MINUTES } from './senderHealth.ts'
import { senderFigures } from './store/health.ts'

const HOUR_MS = 3_600_000
const MOST = 10_000 // messages that are looked at

const SenderHealth = z.object({
  id: z.uuid().meta({ description: 'Of the sender.' }),
  level: z.enum(['good', 'watch', 'bad']),
  rule: z.string().meta({ description: 'What made it so, with its figures.' }),
  sent: z.int(),
  failed: z.int(),
  p95_ms: z.number().nullable().meta({ description: 'From due to accepted.' }),
  waiting: z.int().meta({ description: 'Due and not sent yet.' }),
  last_sent_at: z.iso.datetime().nullable().meta({ description: 'In the last hour; null: none.' }),
})

export const healthRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/providers/health',
      {
        config: { scope: 'senders:read' },
        schema: {
          ...{ tags: ['Providers'], summary: 'Say how senders do' },
          description: `Of the last ${WINDOW_MINUTES} minutes. A sender that did nothing and has nothing to do is left out.`,
          response: { 200: z.object({ data: z.array(SenderHealth) }) },
        },
      },
      async (request) => {
        const now = db.clock.now()
        const from = new Date(+now - WINDOW_MINUTES * 60_000)
        const since = uuid7Floor(+now - HOUR_MS)
        const all = await request.read((tx, workspaceId) =>
          senderFigures(tx, workspaceId, { from, now, since, most: MOST }),
        )
        return {
          data: all.map((each) => ({
            ...{ id: each.senderId, ...senderHealth(each, now), sent: each.sent },
            ...{ failed: each.failed, p95_ms: each.p95Ms, waiting: each.waiting },
            last_sent_at: each.lastSentAt?.toISOString() ?? null,
          })),
        }
      },
    )
  }
