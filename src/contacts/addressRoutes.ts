/** The addresses of a contact by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { updateContact } from './change.ts'
import { getContactId, getContactView } from './find.ts'
import { mustNormalise } from './normalise.ts'
import { addressInput, addressKinds, contact, contactParams } from './schema.ts'
import { deleteAddress, readDefaultCountry } from './store.ts'

const tags = ['contacts']
const writing = { scope: 'contacts:write' } as const
const answers = { 200: contact }

export const addressRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
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
