/** Document 003's /providers, which are our senders, and ours beside them. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pagedList, pageOf, pageQuery, startOf } from '../lib/paging.ts'
import { getSender } from './changeSender.ts'
import { channelIds } from './channel.ts'
import { providers } from './registry.ts'
import { CatalogEntry, SenderParams, SenderView, senderStatuses } from './schema.ts'
import { listSenders } from './store.ts'
import { catalogEntry, senderView } from './view.ts'
import { stateRoutes, type WriteDeps, writeRoutes } from './writeRoutes.ts'

const list = pagedList('senders')

export type ProviderRouteDeps = WriteDeps

const tags = ['Providers']
const reading = { scope: 'senders:read' } as const
const params = SenderParams
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
        const rest = rows.slice(startOf(rows, list.read(cursor)))
        return list.page(
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
