/** /journey-drafts and /journeys/:id/draft: journeys while they are written. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ifMatch } from '../../http/ifMatch.ts'
import { pagedList } from '../../lib/paging.ts'
import { actorOf } from '../../workspaces/audit/audit.ts'
import { JourneyParams } from '../api.schema.ts'
import type { JourneyRouteDeps } from '../routes.ts'
import { examine } from '../validate/problems.ts'
import { getPlace, noDraft } from './find.ts'
import { publishRoutes } from './publishRoutes.ts'
import { beginDraft, dropDraft, saveDraft } from './save.ts'
import { DraftChange, DraftList, DraftPage, DraftView, NewDraft } from './schema.ts'
import { listDrafts } from './store.ts'
import { draftSummary, draftView } from './view.ts'

const list = pagedList('journey drafts')

const tags = ['Journeys']
const reading = { scope: 'journeys:read' } as const
const writing = { scope: 'journeys:write' } as const
const guarded = { ...writing, guarded: true }

export const draftRoutes =
  (deps: JourneyRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(readRoutes(deps))
    await app.register(writeRoutes(deps))
    await app.register(publishRoutes(deps))
  }

const readRoutes =
  ({ surroundings }: JourneyRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/journey-drafts',
      {
        config: reading,
        schema: {
          ...{ tags, summary: 'List the drafts of journeys, newest first' },
          querystring: DraftList,
          response: { 200: DraftPage },
        },
      },
      async (request) => {
        const { limit, cursor, unpublished = false } = request.query
        const filter = { unpublished, before: list.read(cursor) ?? null, limit: limit + 1 }
        const rows = await request.read((tx, workspaceId) => listDrafts(tx, workspaceId, filter))
        return list.page(rows, limit, (row) => row.id, draftSummary)
      },
    )

    app.get(
      '/journeys/:id/draft',
      {
        config: reading,
        schema: {
          ...{ tags, summary: 'Read the draft of a journey, and what is wrong with it' },
          params: JourneyParams,
          response: { 200: DraftView },
        },
      },
      async (request) => {
        const { draft } = await request.read((tx, workspaceId) =>
          getPlace(tx, workspaceId, request.params.id),
        )
        if (!draft) throw noDraft()
        const around = surroundings(request.auth.workspaceId)
        return draftView(draft, (await examine(draft.definition, around)).errors)
      },
    )
  }

const writeRoutes =
  ({ db, surroundings }: JourneyRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/journey-drafts',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Begin a journey that may still be wrong' },
          body: NewDraft,
          response: { 201: DraftView },
        },
      },
      async (request, reply) => {
        const { document } = request.body
        const { errors } = await examine(document, surroundings(request.auth.workspaceId))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        return reply.answer(201, async (tx, workspaceId) =>
          draftView(await beginDraft(tx, workspaceId, document, authorship), errors),
        )
      },
    )

    app.put(
      '/journeys/:id/draft',
      {
        config: guarded,
        schema: {
          ...{ tags, summary: 'Keep a draft, right or wrong; the journey stays as it is' },
          params: JourneyParams,
          body: DraftChange,
          response: { 200: DraftView },
        },
      },
      async (request, reply) => {
        const { document, based_on: basedOn } = request.body
        const { errors } = await examine(document, surroundings(request.auth.workspaceId))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const save = { ref: request.params.id, document, basedOn, seen: ifMatch(request) }
        return reply.answer(200, async (tx, workspaceId) =>
          draftView(await saveDraft(tx, workspaceId, save, authorship), errors),
        )
      },
    )

    app.delete(
      '/journeys/:id/draft',
      {
        config: guarded,
        schema: {
          ...{ tags, summary: 'Drop a draft; the journey stays as it is' },
          params: JourneyParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const drop = { ref: request.params.id, seen: ifMatch(request) }
        return reply.answer(204, async (tx, workspaceId) => {
          await dropDraft(tx, workspaceId, drop, authorship)
          return null
        })
      },
    )
  }
