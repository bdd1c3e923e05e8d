/** /journeys/:id/versions. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import {
  JourneyParams,
  JourneyVersionParams,
  JourneyVersionSummary,
  JourneyVersionView,
} from './api.schema.ts'
import { getJourney, getJourneyVersion } from './find.ts'
import { listJourneyVersions } from './store.ts'
import { versionSummary } from './view.ts'

const tags = ['Journeys']
const reading = { scope: 'journeys:read' } as const
const NUMBER = /^\d{1,9}$/
const list = pagedList('journey versions', NUMBER)

export const versionRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/journeys/:id/versions',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'List the versions of a journey, newest first' },
        params: JourneyParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(JourneyVersionSummary) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const key = list.read(cursor)
      const before = key === undefined ? null : Number(key)
      const rows = await request.read(async (tx, workspaceId) => {
        const { id } = await getJourney(tx, workspaceId, request.params.id)
        return listJourneyVersions(tx, workspaceId, id, { before, limit: limit + 1 })
      })
      return list.page(rows, limit, (row) => String(row.version), versionSummary)
    },
  )

  app.get(
    '/journeys/:id/versions/:version',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'Read one version of a journey' },
        params: JourneyVersionParams,
        response: { 200: JourneyVersionView },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) => {
        const { id } = await getJourney(tx, workspaceId, request.params.id)
        const version = await getJourneyVersion(tx, workspaceId, id, request.params.version)
        return { ...versionSummary(version), document: version.definition }
      }),
  )
}
