/** /journeys: make, change, validate, enable, pause, and their versions. Runs are in runRoutes.ts. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { ifMatch } from '../http/ifMatch.ts'
import { pagedList } from '../lib/paging.ts'
import { actorOf } from '../workspaces/audit/audit.ts'
import {
  JourneyDetail,
  JourneyList,
  JourneyPage,
  JourneyParams,
  JourneyView,
  PauseRequest,
  SettingsChange,
  Validation,
} from './api.schema.ts'
import { changeJourney, changeSettings } from './change.ts'
import { createJourney } from './create.ts'
import { draftRoutes } from './drafts/routes.ts'
import { DraftDocument } from './drafts/schema.ts'
import { archiveJourney, enableJourney, pauseJourney } from './enable.ts'
import { getCurrentJourney } from './find.ts'
import { detailOf } from './numbers.ts'
import { originRoutes } from './originRoutes.ts'
import { restoredRoutes } from './restoredRoutes.ts'
import { JourneyDocument } from './schema.ts'
import { stepRoutes } from './stepRoutes.ts'
import { listJourneys } from './store.ts'
import { examine } from './validate/problems.ts'
import type { Surroundings } from './validate/references.ts'
import { assertValid } from './validate/validate.ts'
import { versionRoutes } from './versionRoutes.ts'
import { journeyView, summaryOf } from './view.ts'

const list = pagedList('journeys')

export interface JourneyRouteDeps {
  readonly db: Db
  surroundings(workspaceId: string): Surroundings
  /** What is kept in memory about the workspace's journeys is old now. */
  onChanged(workspaceId: string): void
}

const tags = ['Journeys']
const reading = { scope: 'journeys:read' } as const
const writing = { scope: 'journeys:write' } as const

export const journeyRoutes =
  (deps: JourneyRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(readRoutes)
    await app.register(documentRoutes(deps))
    await app.register(statusRoutes(deps))
    await app.register(versionRoutes)
    await app.register(draftRoutes(deps))
    await app.register(stepRoutes)
    await app.register(originRoutes)
    await app.register(restoredRoutes)
  }

const readRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/journeys',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'List journeys, newest first' },
        querystring: JourneyList,
        response: { 200: JourneyPage },
      },
    },
    async (request) => {
      const { limit, cursor, status = null } = request.query
      const filter = { status, before: list.read(cursor) ?? null, limit: limit + 1 }
      const rows = await request.read((tx, workspaceId) => listJourneys(tx, workspaceId, filter))
      return list.page(rows, limit, (row) => row.id, summaryOf)
    },
  )

  app.get(
    '/journeys/:id',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'Read a journey with its numbers' },
        params: JourneyParams,
        response: { 200: JourneyDetail },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) =>
        detailOf(tx, workspaceId, await getCurrentJourney(tx, workspaceId, request.params.id)),
      ),
  )
}

const documentRoutes =
  ({ db, surroundings, onChanged }: JourneyRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/journeys/validate',
      {
        config: { ...reading, repeatable: false },
        schema: {
          ...{ tags, summary: 'Say what is wrong with a journey; nothing is kept' },
          body: DraftDocument,
          response: { 200: Validation },
        },
      },
      async ({ auth, body }) => {
        const { errors } = await examine(body, surroundings(auth.workspaceId))
        return { valid: errors.length === 0, errors: [...errors] }
      },
    )

    app.post(
      '/journeys',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Make a journey, as a draft' },
          body: JourneyDocument,
          response: { 201: JourneyView },
        },
      },
      async (request, reply) => {
        const { auth, body } = request
        await assertValid(body, surroundings(auth.workspaceId))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        return reply.answer(201, async (tx, workspaceId) =>
          journeyView(await createJourney(tx, workspaceId, body, authorship)),
        )
      },
    )

    app.put(
      '/journeys/:id',
      {
        config: { ...writing, guarded: true },
        schema: {
          ...{ tags, summary: 'Make a new version; runs that have begun keep theirs' },
          params: JourneyParams,
          body: JourneyDocument,
          response: { 200: JourneyView },
        },
      },
      async (request, reply) => {
        const { auth, body, params } = request
        await assertValid(body, surroundings(auth.workspaceId))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const change = { ref: params.id, document: body, seen: ifMatch(request) }
        const answer = await reply.answer(200, async (tx, workspaceId) =>
          journeyView(await changeJourney(tx, workspaceId, change, authorship)),
        )
        onChanged(auth.workspaceId)
        return answer
      },
    )

    app.put(
      '/journeys/:id/settings',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Set the values of a journey’s settings' },
          params: JourneyParams,
          body: SettingsChange,
          response: { 200: JourneyView },
        },
      },
      async (request, reply) => {
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const change = { ref: request.params.id, settings: request.body }
        const answer = await reply.answer(200, async (tx, workspaceId) =>
          journeyView(await changeSettings(tx, workspaceId, change, authorship)),
        )
        onChanged(request.auth.workspaceId)
        return answer
      },
    )
  }

const statusRoutes =
  ({ db, surroundings, onChanged }: JourneyRouteDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/journeys/:id/enable',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Let people enter; paused runs go on' },
          params: JourneyParams,
          response: { 200: JourneyView },
        },
      },
      async (request, reply) => {
        const { auth, params } = request
        // What was there when it was written may be gone by now.
        const { version } = await request.read((tx, workspaceId) =>
          getCurrentJourney(tx, workspaceId, params.id),
        )
        await assertValid(version.definition, surroundings(auth.workspaceId))
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const answer = await reply.answer(200, async (tx, workspaceId) =>
          journeyView(await enableJourney(tx, workspaceId, params.id, authorship)),
        )
        onChanged(auth.workspaceId)
        return answer
      },
    )

    app.post(
      '/journeys/:id/pause',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Let nobody enter any more; runs stop where they are' },
          params: JourneyParams,
          body: PauseRequest,
          response: { 200: JourneyView },
        },
      },
      async (request, reply) => {
        const change = { ref: request.params.id, reason: request.body?.reason }
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        const answer = await reply.answer(200, async (tx, workspaceId) =>
          journeyView(await pauseJourney(tx, workspaceId, change, authorship)),
        )
        onChanged(request.auth.workspaceId)
        return answer
      },
    )

    app.delete(
      '/journeys/:id',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Archive a journey without live runs; its name is free again' },
          params: JourneyParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const authorship = { actor: actorOf(request), now: db.clock.now() }
        await reply.answer(204, async (tx, workspaceId) => {
          await archiveJourney(tx, workspaceId, request.params.id, authorship)
          return null
        })
        onChanged(request.auth.workspaceId)
        return null
      },
    )
  }
