/**
 * The buttons of the outbox: what its recipient might do with a message that went to a sandbox. They
 * go the way of a vendor's receipts, so everything that follows from one follows from the other.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SenderDirectory } from '../../channels/directory.ts'
import type { ReceiptKind } from '../../channels/provider.ts'
import type { Clock } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { getMessage } from '../../messages/change.ts'
import { MessageSummary } from '../../messages/schema.ts'
import { summaryOf } from '../../messages/view.ts'
import { takeReceipts } from '../receive.ts'

const kinds = {
  open: 'opened',
  click: 'clicked',
  reply: 'replied',
  bounce: 'bounced',
  complain: 'complained',
  unsubscribe: 'unsubscribed',
} as const satisfies Record<string, ReceiptKind>

const acts = Object.keys(kinds) as (keyof typeof kinds)[] // its own keys

export interface SimulateDeps {
  readonly clock: Clock
  readonly senders: Pick<SenderDirectory, 'find'>
  /** There are hits to classify. */
  onHits(): void
}

export function outboxRoutes({ clock, senders, onHits }: SimulateDeps): FastifyPluginAsyncZod {
  return async (server) => {
    server.post(
      '/notifications/:id/simulate',
      {
        config: { scope: 'messages:write' },
        schema: {
          tags: ['Tracking'],
          summary: 'Plays the recipient of a message that went to a sandbox',
          params: z.object({ id: z.uuid('not an id of a message') }),
          body: z.strictObject({ do: z.enum(acts) }),
          response: { 200: MessageSummary },
        },
      },
      async (request, reply) => {
        const answer = await reply.answer(200, async (tx, workspaceId) => {
          const message = await getMessage(tx, workspaceId, request.params.id)
          const sender = await senders.find(workspaceId, message.senderId)
          if (sender?.provider.id !== 'sandbox' || message.sentAt === null)
            throw new AppError('conflict', 'Only what went to a sandbox has a recipient to play.')
          const now = clock.now()
          const receipt = { kind: kinds[request.body.do], at: now }
          const origin = { workspaceId, source: 'sandbox', told: 'sandbox' as const }
          await takeReceipts(tx, origin, [{ messageId: message.id, receipt }], now)
          return summaryOf(await getMessage(tx, workspaceId, message.id))
        })
        onHits()
        return answer
      },
    )
  }
}
