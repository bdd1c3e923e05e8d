/** The writing half of /providers; see routes.ts. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import type { UrlRules } from '../lib/ssrf.ts'
import { actorOf } from '../workspaces/audit/audit.ts'
import { changeSender, removeSender, setSenderStatus } from './changeSender.ts'
import { checkSender } from './checkSender.ts'
import { copySender, createSender, type SenderContext } from './createSender.ts'
import type { SenderDirectory } from './directory.ts'
import { orderSenders } from './orderSenders.ts'
import {
  CheckResult,
  NewSender,
  SenderChange,
  SenderOrder,
  SenderParams,
  SenderStatusChange,
  SenderView,
} from './schema.ts'
import type { Sealing } from './settings.ts'
import { senderView } from './view.ts'

export interface WriteDeps {
  readonly db: Db
  readonly senders: SenderDirectory
  readonly sealing: Sealing
  readonly publicUrl: string
  /** What members' URLs may lead to: the same as the guarded HTTP client's. */
  readonly urlRules?: UrlRules
  /** A sender works again: look for what waited for it. */
  onActivated?(): void
}

const tags = ['Providers']
const writing = { scope: 'senders:write' } as const
const params = SenderParams

function contextOf(deps: WriteDeps, request: Parameters<typeof actorOf>[0]): SenderContext {
  const { db, sealing, urlRules = {} } = deps
  return { sealing, urlRules, actor: actorOf(request), now: db.clock.now() }
}

export const writeRoutes =
  (deps: WriteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/providers',
      {
        config: writing,
        schema: { tags, summary: 'Add a sender', body: NewSender, response: { 201: SenderView } },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const answer = await reply.answer(201, async (tx, workspaceId) =>
          senderView(await createSender(tx, workspaceId, request.body, context), deps),
        )
        deps.senders.forget(request.auth.workspaceId)
        return answer
      },
    )

    app.post(
      '/providers/:id/copy',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Add a sender that begins like this one, such as one of the environment',
          params,
          body: SenderChange.nullish(),
          response: { 201: SenderView },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const copy = { id: request.params.id, change: request.body ?? {} }
        const answer = await reply.answer(201, async (tx, workspaceId) =>
          senderView(await copySender(tx, workspaceId, copy, context), deps),
        )
        deps.senders.forget(request.auth.workspaceId)
        return answer
      },
    )

    app.put(
      '/providers/:id',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Change a sender; what is left out stays',
          params,
          body: SenderChange,
          response: { 200: SenderView },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const change = { id: request.params.id, change: request.body }
        const answer = await reply.answer(200, async (tx, workspaceId) =>
          senderView(await changeSender(tx, workspaceId, change, context), deps),
        )
        deps.senders.forget(request.auth.workspaceId)
        return answer
      },
    )

    app.delete(
      '/providers/:id',
      {
        config: writing,
        schema: { tags, summary: 'Remove a sender', params, response: { 204: z.null() } },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        await reply.answer(204, async (tx, workspaceId) => {
          await removeSender(tx, workspaceId, request.params.id, context)
          return null
        })
        deps.senders.forget(request.auth.workspaceId)
        return null
      },
    )
  }

export const stateRoutes =
  (deps: WriteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.put(
      '/providers/order',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Set the order in which a channel’s senders take turns',
          body: SenderOrder,
          response: { 200: z.object({ data: z.array(SenderView) }) },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const answer = await reply.answer(200, async (tx, workspaceId) => {
          const rows = await orderSenders(tx, workspaceId, request.body, context)
          return { data: rows.map((row) => senderView(row, deps)) }
        })
        deps.senders.forget(request.auth.workspaceId)
        return answer
      },
    )

    app.put(
      '/providers/:id/status',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Pause, disable or activate a sender; active again, it sends what waited',
          params,
          body: SenderStatusChange,
          response: { 200: SenderView },
        },
      },
      async (request, reply) => {
        const context = contextOf(deps, request)
        const change = { id: request.params.id, change: request.body }
        const answer = await reply.answer(200, async (tx, workspaceId) =>
          senderView(await setSenderStatus(tx, workspaceId, change, context), deps),
        )
        deps.senders.forget(request.auth.workspaceId)
        if (request.body.status === 'active') deps.onActivated?.()
        return answer
      },
    )

    app.post(
      '/providers/:id/check',
      {
        config: { ...writing, repeatable: false },
        schema: {
          tags,
          summary: 'Ask the provider whether the settings work; nothing is sent',
          params,
          response: { 200: CheckResult },
        },
      },
      (request) => checkSender(deps.senders, request.auth.workspaceId, request.params.id),
    )
  }
