/**
 * Contacts by API. Deleting, erasing and taking out one are in consent/, which knows what
 * of them has to stay.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { addressRoutes } from './addressRoutes.ts'
import { updateContact, upsertContact } from './change.ts'
import { getContactId, getContactView } from './find.ts'
import { mergeRoutes } from './mergeRoutes.ts'
import { contact, contactInput, contactParams, contactPatch, contactView } from './schema.ts'
import { listContacts, readDefaultCountry } from './store.ts'

const list = pagedList('contacts')

const tags = ['contacts']
const reading = { scope: 'contacts:read' } as const
const writing = { scope: 'contacts:write' } as const
const answers = { 200: contact }

export const contactRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  const { clock } = db
  await server.register(addressRoutes, { db })
  await server.register(mergeRoutes, { db })

  const listQuery = z.strictObject({
    ...pageQuery,
    q: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Part of a name or address, or an external_id.' }),
    tag: z.string().max(100).optional(),
  })
  server.get(
    '/contacts',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List contacts, newest first',
        querystring: listQuery,
        response: { 200: pageOf(contact) },
      },
    },
    async (request) => {
      const { limit, q, tag, cursor } = request.query
      const filter = { q, tag, limit, after: list.read(cursor) }
      const rows = await request.read((tx, workspaceId) => listContacts(tx, workspaceId, filter))
      return list.page(rows, limit, (row) => row.id, contactView)
    },
  )

  server.post(
    '/contacts',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Create a contact, or update the one that has this id',
        body: contactInput,
        response: { 200: contact, 201: contact },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) => {
        const country = await readDefaultCountry(tx, workspaceId)
        const { id, created } = await upsertContact(
          tx,
          workspaceId,
          { input: request.body, country },
          clock.now(),
        )
        if (!created) reply.code(200)
        return getContactView(tx, workspaceId, id)
      }),
  )

  server.get(
    '/contacts/:id',
    {
      config: reading,
      schema: { tags, summary: 'Read a contact', params: contactParams, response: answers },
    },
    (request) =>
      request.read(async (tx, workspaceId) =>
        getContactView(tx, workspaceId, await getContactId(tx, workspaceId, request.params.id)),
      ),
  )

  server.put(
    '/contacts/:id',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Change a contact; absent fields stay',
        params: contactParams,
        body: contactPatch,
        response: answers,
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        const country = await readDefaultCountry(tx, workspaceId)
        await updateContact(tx, workspaceId, { id, patch: request.body, country }, clock.now())
        return getContactView(tx, workspaceId, id)
      }),
  )
}
