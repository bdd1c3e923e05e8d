/** /templates/:id/versions, /diff and /rollback. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { actorOf } from '../workspaces/audit/audit.ts'
import { withAuthor, withAuthors } from './authors.ts'
import { rollbackTemplate } from './changeTemplate.ts'
import type { TemplateDirectory } from './directory.ts'
import { getTemplate, getVersion } from './find.ts'
import {
  DiffQuery,
  DiffView,
  Rollback,
  TemplateParams,
  TemplateView,
  VersionSummary,
  VersionView,
} from './schema.ts'
import { listVersions } from './store.ts'
import { diffView, versionSummary, versionView } from './view.ts'

export interface VersionRouteDeps {
  readonly db: Db
  readonly directories: { readonly templates: TemplateDirectory }
}

const tags = ['Templates']
const reading = { scope: 'templates:read' } as const
const NUMBER = /^\d{1,9}$/
const list = pagedList('template versions', NUMBER)

export const versionRoutes =
  ({ db, directories }: VersionRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(readRoutes)

    app.post(
      '/templates/:id/rollback',
      {
        config: { scope: 'templates:write' },
        schema: {
          tags,
          summary: 'Make a new version with the content of an older one',
          params: TemplateParams,
          body: Rollback,
          response: { 200: TemplateView },
        },
      },
      async (request, reply) => {
        const change = { ref: request.params.id, ...request.body }
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const answer = await reply.answer(200, (tx, workspaceId) =>
          rollbackTemplate(tx, workspaceId, change, authorship),
        )
        directories.templates.forget(request.auth.workspaceId)
        return answer
      },
    )
  }

const readRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/templates/:id/versions',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List the versions of a template, newest first',
        params: TemplateParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(VersionSummary) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const key = list.read(cursor)
      const before = key === undefined ? null : Number(key)
      const rows = await request.read(async (tx, workspaceId) => {
        const { id } = await getTemplate(tx, workspaceId, request.params.id)
        const found = await listVersions(tx, workspaceId, id, { before, limit: limit + 1 })
        return withAuthors(tx, workspaceId, found)
      })
      return list.page(rows, limit, (row) => String(row.version), versionSummary)
    },
  )

  app.get(
    '/templates/:id/versions/:version',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Read one version of a template',
        params: TemplateParams.extend({
          version: z.coerce
            .number()
            .int()
            .min(1)
            .max(2 ** 31 - 1),
        }),
        response: { 200: VersionView },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) => {
        const { id } = await getTemplate(tx, workspaceId, request.params.id)
        const version = await getVersion(tx, workspaceId, id, request.params.version)
        return versionView(await withAuthor(tx, workspaceId, version.createdBy, version))
      }),
  )

  app.get(
    '/templates/:id/diff',
    {
      config: reading,
      schema: {
        tags,
        summary: 'What changed between two versions, line by line',
        params: TemplateParams,
        querystring: DiffQuery,
        response: { 200: DiffView },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) => {
        const row = await getTemplate(tx, workspaceId, request.params.id)
        const to = request.query.to ?? row.version
        const from = request.query.from ?? Math.max(1, to - 1)
        return diffView(
          await getVersion(tx, workspaceId, row.id, from),
          await getVersion(tx, workspaceId, row.id, to),
        )
      }),
  )
}
