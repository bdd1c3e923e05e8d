/**
 * Contacts by API. Deleting, erasing and taking out one are in consent/, which knows what
 * of them has to stay.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { page, pageOf, pageQuery, readCursor } from '../lib/paging.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import { updateContact, upsertContact } from './change.ts'
import { getContactId, getContactView } from './find.ts'
import { merge, unmerge } from './merge.ts'
import { mustNormalise } from './normalise.ts'
import {
  addressInput,
  addressKinds,
  contact,
  contactInput,
  contactParams,
  contactPatch,
  contactView,
  externalId,
} from './schema.ts'
import { deleteAddress, listContacts, readDefaultCountry } from './store.ts'

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
      const filter = { q, tag, limit, after: readCursor(cursor) }
      const rows = await request.read((tx, workspaceId) => listContacts(tx, workspaceId, filter))
      return page(rows, limit, (row) => row.id, contactView)
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

const addressRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  server.post(
    '/contacts/:id/addresses',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Add an address',
        params: contactParams,
        body: addressInput,
        response: { 201: contact },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        const country = await readDefaultCountry(tx, workspaceId)
        const address = mustNormalise(request.body, country, '/address')
        const patch = { addresses: [{ ...request.body, address }] }
        await updateContact(tx, workspaceId, { id, patch, country }, db.clock.now())
        return getContactView(tx, workspaceId, id)
      }),
  )

  server.delete(
    '/contacts/:id/addresses/:kind/:address',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Remove an address',
        params: contactParams.extend({
          kind: z.enum(addressKinds),
          address: z.string().min(1).max(4_096),
        }),
        response: answers,
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        const address = mustNormalise(
          request.params,
          await readDefaultCountry(tx, workspaceId),
          '/address',
        )
        const { kind } = request.params
        if (!(await deleteAddress(tx, workspaceId, id, { kind, address }))) {
          throw new AppError('not_found', 'The contact has no such address.')
        }
        return getContactView(tx, workspaceId, id)
      }),
  )
}

export const mergeRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  server.post(
    '/contacts/:id/merge',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Merge a duplicate into a contact',
        params: contactParams,
        body: z.strictObject({
          duplicate_id: externalId.meta({ description: 'Our id, or your external_id.' }),
        }),
        response: answers,
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const keptId = await getContactId(tx, workspaceId, request.params.id)
        const duplicateId = await getContactId(tx, workspaceId, request.body.duplicate_id)
        const now = db.clock.now()
        await merge(tx, workspaceId, { keptId, duplicateId }, now)
        const view = await getContactView(tx, workspaceId, keptId)
        const details = { duplicate: duplicateId }
        await audit(tx, workspaceId, {
          ...{
            actor: actorOf(request),
            at: now,
            action: 'contact.merged',
            target: keptId,
            details,
          },
        })
        return view
      }),
  )

  server.post(
    '/contacts/:id/unmerge',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Take a merged duplicate out again; the newest, unless one is named',
        params: contactParams,
        body: z.strictObject({ duplicate_id: z.uuid().optional() }).nullish(),
        response: { 200: z.object({ contact, duplicate: contact }) },
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const keptId = await getContactId(tx, workspaceId, request.params.id)
        const duplicateId = request.body?.duplicate_id
        const now = db.clock.now()
        const taken = await unmerge(tx, workspaceId, { keptId, duplicateId }, now)
        const both = {
          contact: await getContactView(tx, workspaceId, keptId),
          duplicate: await getContactView(tx, workspaceId, taken),
        }
        const details = { duplicate: taken }
        await audit(tx, workspaceId, {
          ...{ actor: actorOf(request), at: now, action: 'contact.unmerged', target: keptId },
          details,
        })
        return both
      }),
  )
}
