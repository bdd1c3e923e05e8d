/** Document 003's paths for what a person wants to get. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { getContactId } from '../contacts/find.ts'
import { createContacts } from '../contacts/resolve.ts'
import { externalId } from '../contacts/schema.ts'
import type { Db, Sql } from '../db/db.ts'
import { preferencesView, setPreferences, unsubscribeWish, wishesOf } from './preferences.ts'
import { preferences, preferencesCreate, preferencesWrite, unsubscribeInput } from './schema.ts'
import { listConsentStates } from './store.ts'

const tags = ['preferences']
const params = z.object({ user_id: externalId })
const response = { 200: preferences }
const reading = { scope: 'contacts:read' } as const
const writing = { scope: 'contacts:write' } as const
const source = 'preferences'

export const preferenceRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  server.get(
    '/preferences/:user_id',
    { config: reading, schema: { tags, summary: "Read a person's preferences", params, response } },
    (request) => {
      const userId = request.params.user_id
      return request.read(async (tx, workspaceId) =>
        view(tx, workspaceId, userId, await getContactId(tx, workspaceId, userId)),
      )
    },
  )

  server.post(
    '/preferences',
    {
      config: writing,
      schema: {
        tags,
        summary: "Set a person's preferences; the contact is made on first use",
        body: preferencesCreate,
        response: { 201: preferences },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) => {
        const { user_id: userId, ...input } = request.body
        const now = db.clock.now()
        const row = { workspaceId, recipientId: userId, kind: null }
        const [contactId] = await createContacts(tx, [row], now)
        await setPreferences(
          tx,
          workspaceId,
          { contactId: contactId!, wishes: wishesOf(input), source },
          now,
        )
        return view(tx, workspaceId, userId, contactId!)
      }),
  )

  server.put(
    '/preferences/:user_id',
    {
      config: writing,
      schema: {
        tags,
        summary: "Change a person's preferences; what is not named stays",
        params,
        body: preferencesWrite,
        response,
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const userId = request.params.user_id
        const contactId = await getContactId(tx, workspaceId, userId)
        const wishes = wishesOf(request.body)
        await setPreferences(tx, workspaceId, { contactId, wishes, source }, db.clock.now())
        return view(tx, workspaceId, userId, contactId)
      }),
  )

  server.put(
    '/preferences/:user_id/unsubscribe',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Unsubscribe a person from a channel, a category, or all marketing',
        params,
        body: unsubscribeInput.nullish(),
        response,
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const userId = request.params.user_id
        const contactId = await getContactId(tx, workspaceId, userId)
        const wishes = [unsubscribeWish(request.body ?? {})]
        await setPreferences(tx, workspaceId, { contactId, wishes, source }, db.clock.now())
        return view(tx, workspaceId, userId, contactId)
      }),
  )
}

async function view(sql: Sql, workspaceId: string, userId: string, contactId: string) {
  return preferencesView(userId, contactId, await listConsentStates(sql, workspaceId, contactId))
}
