/** Replies and returned mail by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Clock } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { takeBytes } from '../../http/takeBytes.ts'
import type { Mac } from '../../lib/hmac.ts'
import { getMessage } from '../../messages/change.ts'
import { waiting } from '../../messages/life.ts'
import { MessageSummary, type Status } from '../../messages/schema.ts'
import type { MessageRow } from '../../messages/store/read.ts'
import { summaryOf } from '../../messages/view.ts'
import { takeReceipts } from '../receive.ts'
import { MAX_REPORT, readReport } from '../report.ts'
import { MailTaken, ReplyInput, ReplyTaken } from '../schema.ts'
import { takeMail } from './takeMail.ts'
import { takeReply } from './takeReply.ts'

const tags = ['Tracking']
const write = { scope: 'messages:write' } as const

const unsent: readonly Status[] = [...waiting, 'failed', 'skipped', 'cancelled', 'expired']

const unreadable = {
  empty: 'The body is empty: send the whole mail.',
  too_large: 'The mail is larger than 5 MB.',
  not_a_mail: 'This is not a mail: it has no header fields.',
  malformed: 'The mail is broken and cannot be read.',
} as const

export interface AnswerRoutesDeps {
  readonly clock: Clock
  /** Signs our Message-IDs. */
  readonly mac: Mac
}

export function replyRoutes({ clock, mac }: AnswerRoutesDeps): FastifyPluginAsyncZod {
  return async (server) => {
    server.post(
      '/api/track/reply',
      {
        config: write,
        schema: {
          tags,
          summary: 'Tells of a reply to a message',
          description: 'Out-of-office answers are recorded as such and are no reply.',
          body: ReplyInput,
          response: { 200: ReplyTaken },
        },
      },
      (request, reply) =>
        reply.answer(200, (tx, workspaceId) =>
          takeReply(tx, workspaceId, request.body, { mac, now: clock.now() }),
        ),
    )
  }
}

/** Document 003: a click that somebody else has seen. It is counted as a person's, with all others. */
export function clickedRoutes({
  clock,
  onHits,
}: AnswerRoutesDeps & { onHits(): void }): FastifyPluginAsyncZod {
  return async (server) => {
    server.put(
      '/notifications/:id/clicked',
      {
        config: write,
        schema: {
          tags,
          summary: 'Note that its recipient clicked it; the counts follow within a second',
          description: 'What was never sent is refused with 409.',
          params: z.object({ id: z.uuid('not an id of a message') }),
          response: { 200: MessageSummary },
        },
      },
      async (request, reply) => {
        const answer = await reply.answer(200, async (tx, workspaceId) => {
          const now = clock.now()
          const message = await getMessage(tx, workspaceId, request.params.id)
          refuseUnsent(message)
          const receipt = { kind: 'clicked' as const, at: now }
          const origin = { workspaceId, source: 'api', told: 'provider' as const }
          await takeReceipts(tx, origin, [{ messageId: message.id, receipt }], now)
          return summaryOf(message)
        })
        onHits()
        return answer
      },
    )
  }
}

/** Nobody can have clicked what never left. What was tried may have arrived, whatever became of it. */
function refuseUnsent({ status, attempt, sentAt }: MessageRow): void {
  if (unsent.includes(status) && attempt === 0 && sentAt === null)
    throw new AppError(
      'conflict',
      `This message is ${status} and was never sent: nobody can click it.`,
    )
}

export function inboundRoutes({ clock, mac }: AnswerRoutesDeps): FastifyPluginAsyncZod {
  return async (server) => {
    takeBytes(server, 'message/rfc822', MAX_REPORT)
    server.post(
      '/inbound/messages',
      {
        config: write,
        bodyLimit: MAX_REPORT,
        schema: {
          tags,
          summary: 'Takes a mail that came back: bounce, complaint, absence or reply',
          description: 'The body is the mail itself, as message/rfc822, at most 5 MB.',
          consumes: ['message/rfc822'],
          body: z.instanceof(Buffer).meta({ type: 'string', format: 'binary' }),
          response: { 200: MailTaken },
        },
      },
      async (request, reply) => {
        const raw = request.body
        const report = await readReport(raw, clock.now())
        if (report.kind === 'unreadable')
          throw new AppError('invalid_input', unreadable[report.reason])
        return reply.answer(200, (tx, workspaceId) =>
          takeMail(tx, workspaceId, { report, raw, mac, now: clock.now() }),
        )
      },
    )
  }
}
