/** Document 003's /templates, and ours beside them: versions, diff, rollback. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { channelIds } from '../channels/channel.ts'
import { AppError } from '../errors.ts'
import { ifMatch } from '../http/ifMatch.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { actorOf } from '../workspaces/audit/audit.ts'
import { archiveTemplate } from './archiveTemplate.ts'
import { changeTemplate } from './changeTemplate.ts'
import { checkContents } from './checkContents.ts'
import { contentsOf, givenContents, localeOf } from './contents.ts'
import { createTemplate } from './createTemplate.ts'
import { findDraft, listDrafts } from './draft.store.ts'
import { draftRoutes } from './draftRoutes.ts'
import { getCurrent } from './find.ts'
import {
  NewTemplate,
  SavedTemplate,
  TemplateChange,
  TemplateParams,
  TemplateSummary,
  TemplateView,
  TestRequest,
  TestResult,
} from './schema.ts'
import type { TestDeps } from './sendTest.ts'
import { listTemplates, type TemplateRow } from './store.ts'
import { testTemplate } from './testTemplate.ts'
import { versionRoutes } from './versionRoutes.ts'
import { summaryOf, templateView } from './view.ts'

const list = pagedList('templates')

export type TemplateRouteDeps = TestDeps

const tags = ['Templates']
const reading = { scope: 'templates:read' } as const
const writing = { scope: 'templates:write' } as const
const listQuery = z.strictObject({
  ...pageQuery,
  channel: z.enum(channelIds).optional(),
  q: z.string().max(200).optional().meta({ description: 'Part of the name.' }),
})

export const templateRoutes =
  (deps: TemplateRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(readRoutes)
    await app.register(writeRoutes(deps))
    await app.register(versionRoutes(deps))
    await app.register(draftRoutes(deps))

    app.post(
      '/templates/:id/test',
      {
        config: { ...reading, repeatable: false },
        schema: {
          tags,
          summary: 'Render a template with sample data; with `to`, send it there once',
          params: TemplateParams,
          body: TestRequest,
          response: { 200: TestResult },
        },
      },
      (request) => {
        const { auth, body, params } = request
        if (body.to !== undefined && !auth.scopes.has('messages:write')) {
          throw new AppError('forbidden', 'Sending a test needs the scope messages:write.')
        }
        if (body.draft !== undefined && !auth.scopes.has('templates:write'))
          throw new AppError('forbidden', 'Trying a draft needs the scope templates:write.')
        if (body.contact_id !== undefined && !auth.scopes.has('contacts:read'))
          throw new AppError('forbidden', 'Showing a contact needs the scope contacts:read.')
        return testTemplate(auth.workspaceId, params.id, body, deps)
      },
    )
  }

const readRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/templates',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List templates, newest first, without their content',
        querystring: listQuery,
        response: { 200: pageOf(TemplateSummary) },
      },
    },
    async (request) => {
      const { limit, cursor, channel = null, q = null } = request.query
      const filter = { channel, q, before: list.read(cursor) ?? null, limit: limit + 1 }
      return request.read(async (tx, workspaceId) => {
        const rows = await listTemplates(tx, workspaceId, filter)
        const ids = rows.map(({ id }) => id)
        const drafts = new Map(
          (await listDrafts(tx, workspaceId, ids)).map((draft) => [draft.templateId, draft]),
        )
        const view = (row: TemplateRow) => summaryOf(row, drafts.get(row.id))
        return list.page(rows, limit, (row) => row.id, view)
      })
    },
  )

  app.get(
    '/templates/:id',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Read a template as it is in use',
        params: TemplateParams,
        response: { 200: TemplateView },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) => {
        const { row, ...version } = await getCurrent(tx, workspaceId, request.params.id)
        return templateView(row, version, await findDraft(tx, workspaceId, row.id))
      }),
  )
}

const writeRoutes =
  ({ db, directories }: TemplateRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/templates',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Create a template',
          body: NewTemplate,
          response: { 201: SavedTemplate },
        },
      },
      async (request, reply) => {
        const { body, auth } = request
        const { locale } = await directories.workspaces.get(auth.workspaceId)
        const contents = contentsOf(body, locale)
        const warnings = await checkContents(givenContents(body, contents.defaultLocale))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const answer = await reply.answer(201, async (tx, workspaceId) => ({
          ...(await createTemplate(tx, workspaceId, { ...body, contents }, authorship)),
          warnings,
        }))
        directories.templates.forget(auth.workspaceId)
        return answer
      },
    )

    app.put(
      '/templates/:id',
      {
        config: { ...writing, guarded: true },
        schema: {
          tags,
          summary: 'Make a new version; what is left out stays as it is',
          params: TemplateParams,
          body: TemplateChange,
          response: { 200: SavedTemplate },
        },
      },
      async (request, reply) => {
        const { body, auth, params } = request
        const current = await request.read((tx, workspaceId) =>
          getCurrent(tx, workspaceId, params.id),
        )
        const locale = body.locale === undefined ? current.defaultLocale : localeOf(body.locale)
        // Compiled before the row is locked, for it may take a while.
        const warnings = await checkContents(givenContents(body, locale))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const change = { ref: params.id, change: body, seen: ifMatch(request) }
        const answer = await reply.answer(200, async (tx, workspaceId) => ({
          ...(await changeTemplate(tx, workspaceId, change, authorship)),
          warnings,
        }))
        directories.templates.forget(auth.workspaceId)
        return answer
      },
    )

    app.delete(
      '/templates/:id',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Archive a template: its name is free again, messages on their way keep it',
          params: TemplateParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        await reply.answer(204, async (tx, workspaceId) => {
          await archiveTemplate(tx, workspaceId, request.params.id, authorship)
          return null
        })
        directories.templates.forget(request.auth.workspaceId)
        return null
      },
    )
  }
