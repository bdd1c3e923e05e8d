/** Document 003's /notifications, and ours beside them. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { repeatable } from '../http/answer.ts'
import { parse } from '../http/parse.ts'
import { Instant } from '../lib/instant.ts'
import type { Acceptor } from './accept.ts'
import type { Waiting } from './await.ts'
import { changeStatus, getMessage, redrive } from './change.ts'
import type { Directories } from './facts.ts'
import { healthRoutes } from './healthRoutes.ts'
import { listRoutes } from './listRoutes.ts'
import { preview } from './preview.ts'
import type { RenderDeps } from './render.ts'
import { resend } from './resend.ts'
import {
  AcceptBody,
  Accepted,
  MAX_BATCH,
  MessageSummary,
  MessageView,
  NewMessage,
  StatusChange,
} from './schema.ts'
import { usageRoutes } from './usageRoutes.ts'
import { summaryOf, viewOf } from './view.ts'

export interface MessageRouteDeps {
  readonly db: Db
  readonly acceptor: Acceptor
  readonly waiting: Waiting
  readonly directories: Directories
  readonly render: RenderDeps
}

const BODY_LIMIT = 10 * 1024 * 1024 // 10 MB
const SEND_WAIT_MS = 10_000
const MAX_REDRIVE = 1_000 // dead letters in one request
const Batch = z
  .array(NewMessage)
  .min(1, 'at least one message')
  .max(MAX_BATCH, `at most ${MAX_BATCH} messages in one request`)
const Id = z.object({ id: z.uuid('not an id of a message') })
const tags = ['Messages']
/** parse() names fields better than a union of schemas could, so the handler checks the body itself. */
const unchecked = () => (value: unknown) => ({ value })
/** The type of the handler's answer says what is in it; checking it again costs as much as the rest of the route. */
const plain = () => (answer: unknown) => JSON.stringify(answer)

export const messageRoutes =
  (deps: MessageRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps

    app.route({
      method: 'POST',
      url: '/notifications',
      bodyLimit: BODY_LIMIT,
      config: { scope: 'messages:write' },
      schema: {
        tags,
        summary: 'Accept one message, or up to 1,000 as an array (all or nothing)',
        body: AcceptBody,
        response: { 202: z.union([Accepted, z.object({ data: z.array(Accepted) })]) },
      },
      validatorCompiler: unchecked,
      serializerCompiler: plain,
      handler: async (request, reply) => {
        const body: unknown = request.body
        const batch = Array.isArray(body)
        const items = batch ? parse(Batch, body) : [parse(NewMessage, body)]
        const answer = await deps.acceptor.accept({
          workspaceId: request.auth.workspaceId,
          items,
          batch,
          repeat: repeatable(request),
        })
        if (answer.replayed) reply.header('idempotent-replayed', 'true')
        reply.code(202)
        return batch || answer.accepted.length > 1
          ? { data: [...answer.accepted] }
          : (answer.accepted[0] ?? reply)
      },
    })

    app.route({
      method: 'POST',
      url: '/notifications/send',
      bodyLimit: BODY_LIMIT,
      config: { scope: 'messages:write' },
      schema: {
        tags,
        summary: 'Send one message now and wait up to 10 seconds for the provider’s answer',
        body: NewMessage,
        response: { 200: MessageSummary, 202: MessageSummary },
      },
      validatorCompiler: unchecked,
      handler: async (request, reply) => {
        const { workspaceId } = request.auth
        const item = parse(NewMessage, request.body)
        const answer = await deps.acceptor.accept({
          workspaceId,
          items: [item],
          batch: false,
          repeat: repeatable(request),
        })
        const [first] = answer.accepted
        if (!first) throw new AppError('internal')
        const waitMs = first.status === 'scheduled' ? 0 : SEND_WAIT_MS
        const row = await deps.waiting.settled(workspaceId, first.id, waitMs)
        if (!row) throw new AppError('not_found', 'The message is gone.')
        if (answer.replayed) reply.header('idempotent-replayed', 'true')
        const pending = ['scheduled', 'queued', 'held', 'sending'].includes(row.status)
        return reply.code(pending ? 202 : 200).send(summaryOf(row))
      },
    })

    await app.register(listRoutes({ db }))
    await app.register(usageRoutes({ db }))
    await app.register(healthRoutes({ db }))

    app.get(
      '/notifications/:id',
      {
        config: { scope: 'messages:read' },
        schema: {
          tags,
          summary: 'One message with its timeline',
          params: Id,
          response: { 200: MessageView },
        },
      },
      (request) =>
        request.read(async (tx, workspaceId) => {
          const row = await getMessage(tx, workspaceId, request.params.id)
          return viewOf(tx, row)
        }),
    )

    app.get(
      '/notifications/:id/content',
      {
        config: { scope: 'messages:read' },
        schema: {
          tags,
          summary: 'What went out, or would, rendered again',
          params: Id,
          response: {
            200: z.object({
              subject: z.string().nullable(),
              html: z.string().nullable(),
              text: z.string(),
              headers: z.record(z.string(), z.string()),
              raw: z.string().nullable().meta({
                description:
                  'A mail as it is handed over (RFC 5322), its first 200,000 characters; null: it is no mail.',
              }),
              attachments: z.array(
                z.object({
                  filename: z.string(),
                  content_type: z.string(),
                  bytes: z.number().int(),
                }),
              ),
            }),
          },
        },
      },
      async (request) => {
        const row = await request.read((tx, workspaceId) =>
          getMessage(tx, workspaceId, request.params.id),
        )
        const content = await preview(row, deps)
        return {
          ...content,
          headers: { ...content.headers },
          attachments: [...content.attachments],
        }
      },
    )

    app.put(
      '/notifications/:id/status',
      {
        config: { scope: 'messages:write' },
        schema: {
          tags,
          summary: 'Cancel, hold, schedule anew, queue again, or settle an unknown',
          params: Id,
          body: StatusChange,
          response: { 200: MessageSummary },
        },
      },
      (request, reply) =>
        reply.answer(200, async (tx, workspaceId) =>
          summaryOf(
            await changeStatus(tx, workspaceId, request.params.id, request.body, db.clock.now()),
          ),
        ),
    )

    app.post(
      '/notifications/:id/resend',
      {
        config: { scope: 'messages:write' },
        schema: {
          tags,
          summary: 'Send the same content again as a new message',
          params: Id,
          response: { 202: Accepted },
        },
      },
      (request, reply) =>
        reply.answer(202, (tx, workspaceId) =>
          resend(tx, workspaceId, request.params.id, db.clock.now()),
        ),
    )

    app.post(
      '/notifications/redrive',
      {
        config: { scope: 'messages:write' },
        schema: {
          tags,
          summary: 'Queue dead letters again, under their own ids',
          body: z.strictObject({
            status: z.enum(['failed', 'unknown', 'expired']).default('failed'),
            ids: z.array(z.uuid()).min(1).max(MAX_REDRIVE).optional(),
            channel: z.string().max(20).optional(),
            category: z.string().max(100).optional(),
            error: z.string().max(100).optional(),
            from: Instant.optional(),
            to: Instant.optional(),
            limit: z.int().min(1).max(MAX_REDRIVE).default(MAX_REDRIVE),
          }),
          response: { 200: z.object({ requeued: z.number().int(), ids: z.array(z.uuid()) }) },
        },
      },
      (request, reply) =>
        reply.answer(200, async (tx, workspaceId) => {
          const { body } = request
          const ids = await redrive(
            tx,
            workspaceId,
            {
              status: body.status,
              ids: body.ids ?? null,
              channel: body.channel ?? null,
              topic: body.category ?? null,
              reason: body.error ?? null,
              from: body.from === undefined ? null : new Date(body.from),
              to: body.to === undefined ? null : new Date(body.to),
              limit: body.limit,
            },
            db.clock.now(),
          )
          return { requeued: ids.length, ids }
        }),
    )
  }
