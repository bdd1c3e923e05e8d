/** GET /providers/:id/records: the domain's DNS records, looked at while one waits. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Clock } from '../db/db.ts'
import { checkRecords, type RecordDeps } from './checkRecords.ts'
import { SenderParams, SenderRecords } from './schema.ts'

export const recordRoutes =
  (deps: RecordDeps & { readonly clock: Clock }): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/providers/:id/records',
      {
        config: { scope: 'senders:read' },
        schema: {
          tags: ['Providers'],
          summary: 'Look up the DNS records of the domain that a sender sends from',
          params: SenderParams,
          response: { 200: SenderRecords },
        },
      },
      ({ auth: { workspaceId }, params: { id } }) =>
        checkRecords(deps, { workspaceId, id }, deps.clock.now()),
    )
  }
