/** /templates/:id/draft and /publish: what is written before messages use it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ifMatch } from '../http/ifMatch.ts'
import { actorOf } from '../workspaces/audit/audit.ts'
import { withAuthor } from './authors.ts'
import { checkContents } from './checkContents.ts'
import { givenContents } from './contents.ts'
import { findDraft } from './draft.store.ts'
import { getTemplate } from './find.ts'
import { publishDraft } from './publishDraft.ts'
import { dropDraft, getDraft, saveDraft } from './saveDraft.ts'
import { DraftChange, DraftView, Publication, SavedTemplate, TemplateParams } from './schema.ts'
import type { VersionRouteDeps } from './versionRoutes.ts'
import { draftView } from './view.ts'

const tags = ['Templates']
const writing = { scope: 'templates:write', guarded: true } as const

export const draftRoutes =
  ({ db, directories }: VersionRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(readRoutes)

    app.put(
      '/templates/:id/draft',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Keep a draft, in place of the one before; it may be unfinished',
          params: TemplateParams,
          body: DraftChange,
          response: { 200: DraftView },
        },
      },
      (request, reply) => {
        const change = { ref: request.params.id, change: request.body, seen: ifMatch(request) }
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        return reply.answer(200, async (tx, workspaceId) => {
          const draft = await saveDraft(tx, workspaceId, change, authorship)
          return draftView(await withAuthor(tx, workspaceId, draft.savedBy, draft))
        })
      },
    )

    app.delete(
      '/templates/:id/draft',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Throw the draft away',
          params: TemplateParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const which = { ref: request.params.id, seen: ifMatch(request) }
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        await reply.answer(204, async (tx, workspaceId) => {
          await dropDraft(tx, workspaceId, which, authorship)
          return null
        })
        return null
      },
    )

    app.post(
      '/templates/:id/publish',
      {
        config: writing,
        schema: {
          tags,
          summary: 'Make the draft the version that messages use',
          params: TemplateParams,
          body: Publication,
          response: { 200: SavedTemplate },
        },
      },
      async (request, reply) => {
        const { params, body, auth } = request
        const draft = await request.read(async (tx, workspaceId) =>
          findDraft(tx, workspaceId, (await getTemplate(tx, workspaceId, params.id)).id),
        )
        // Compiled before the row is locked, for it may take a while. Without a draft this may be a repetition.
        const warnings = await checkContents(givenContents({ locales: draft?.contents }, ''))
        const publication = {
          ...body,
          ref: params.id,
          seen: ifMatch(request),
          checked: draft?.revision ?? 0,
        }
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const answer = await reply.answer(200, async (tx, workspaceId) => ({
          ...(await publishDraft(tx, workspaceId, publication, authorship)),
          warnings,
        }))
        directories.templates.forget(auth.workspaceId)
        return answer
      },
    )
  }

const readRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/templates/:id/draft',
    {
      config: { scope: 'templates:read' },
      schema: {
        tags,
        summary: 'Read what is written and not published yet',
        params: TemplateParams,
        response: { 200: DraftView },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) => {
        const draft = await getDraft(tx, workspaceId, request.params.id)
        return draftView(await withAuthor(tx, workspaceId, draft.savedBy, draft))
      }),
  )
}
