/** Document 003's /providers, which are our senders, and ours beside them. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { invalid } from '../errors.ts'
import { page, pageOf, pageQuery, readCursor } from '../lib/paging.ts'
import type { UrlRules } from '../lib/ssrf.ts'
import { actorOf } from '../workspaces/audit/audit.ts'
import { changeSender, getSender, removeSender, setSenderStatus } from './changeSender.ts'
import { channelIds } from './channel.ts'
import { checkSender } from './checkSender.ts'
import { copySender, createSender, type SenderContext } from './createSender.ts'
import type { SenderDirectory } from './directory.ts'
import { providers } from './registry.ts'
import {
  CatalogEntry,
  CheckResult,
  NewSender,
  SenderChange,
  SenderStatusChange,
  SenderView,
  senderStatuses,
} from './schema.ts'
import type { Sealing } from './settings.ts'
import { listSenders, type SenderRow } from './store.ts'
import { catalogEntry, senderView } from './view.ts'

export interface ProviderRouteDeps {
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
const reading = { scope: 'senders:read' } as const
const writing = { scope: 'senders:write' } as const
const params = z.object({ id: z.uuid('not an id of a sender') })
const listQuery = z.strictObject({
  ...pageQuery,
  channel: z.enum(channelIds).optional(),
  status: z.enum(senderStatuses).optional(),
})

export const providerRoutes =
  (deps: ProviderRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(readRoutes(deps))
    await app.register(writeRoutes(deps))
    await app.register(stateRoutes(deps))
  }

const readRoutes =
  (deps: ProviderRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/providers',
      {
        config: reading,
        schema: {
          tags,
          summary: 'List senders by channel, in order of use',
          querystring: listQuery,
          response: { 200: pageOf(SenderView) },
        },
      },
      async (request) => {
        const { limit, cursor, channel, status } = request.query
        const all = await request.read(listSenders)
        const rows = all.filter(
          (row) => (!channel || row.channel === channel) && (!status || row.status === status),
        )
        const rest = rows.slice(startOf(rows, readCursor(cursor)))
        return page(
          rest,
          limit,
          (row) => row.id,
          (row) => senderView(row, deps),
        )
      },
    )

    app.get(
      '/providers/catalog',
      {
        config: reading,
        schema: {
          tags,
          summary: 'Every provider there is, with the JSON Schema of its settings',
          response: { 200: z.object({ data: z.array(CatalogEntry) }) },
        },
      },
      async () => ({ data: providers.map(catalogEntry) }),
    )

    app.get(
      '/providers/:id',
      {
        config: reading,
        schema: { tags, summary: 'Read a sender', params, response: { 200: SenderView } },
      },
      (request) =>
        request.read(async (tx, workspaceId) =>
          senderView(await getSender(tx, workspaceId, request.params.id), deps),
        ),
    )
  }

/** Behind the row that the page before ended with. */
function startOf(rows: readonly SenderRow[], after: string | undefined): number {
  if (after === undefined) return 0
  const at = rows.findIndex((row) => row.id === after)
  if (at === -1) throw invalid('/cursor', 'The list has changed. Begin with the first page again.')
  return at + 1
}

function contextOf(deps: ProviderRouteDeps, request: Parameters<typeof actorOf>[0]): SenderContext {
  const { db, sealing, urlRules = {} } = deps
  return { sealing, urlRules, actor: actorOf(request), now: db.clock.now() }
}

const writeRoutes =
  (deps: ProviderRouteDeps): FastifyPluginAsyncZod =>
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

const stateRoutes =
  (deps: ProviderRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
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
        config: writing,
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
