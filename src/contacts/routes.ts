/** Contacts by API. Deleting, erasing and exporting one are in consent/, where what remains of them is decided. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Clock, Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { page, pageOf, pageQuery, readCursor } from '../lib/paging.ts'
import { merge, unmerge } from './merge.ts'
import { mustNormalise } from './normalise.ts'
import {
  addressInput,
  addressKinds,
  type ContactView,
  contact,
  contactInput,
  contactPatch,
  contactView,
} from './schema.ts'
import { deleteAddress, findContact, findContactId, listContacts, readDefaultCountry } from './store.ts'
import { updateContact, upsertContact } from './upsert.ts'

const ref = z.string().min(1).max(255).meta({ description: 'Our id, or your external_id.' })
const params = z.object({ id: ref })
const tags = ['contacts']
const read = { scope: 'contacts:read' } as const
const write = { scope: 'contacts:write' } as const

/** Our id of what a path or body names. Raises `not_found`. */
export async function getContactId(sql: Sql, workspaceId: string, ref: string): Promise<string> {
  const id = await findContactId(sql, workspaceId, ref)
  if (id === undefined) throw new AppError('not_found', 'There is no such contact.')
  return id
}

export async function getContactView(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<ContactView> {
  const found = await findContact(sql, workspaceId, id)
  if (!found) throw new AppError('not_found', 'There is no such contact.')
  return contactView(found)
}

export const contactRoutes: FastifyPluginAsyncZod<{ clock: Clock }> = async (server, { clock }) => {
  server.get(
    '/contacts',
    {
      config: read,
      schema: {
        tags,
        summary: 'List contacts, newest first',
        querystring: z.strictObject({
          ...pageQuery,
          q: z.string().min(1).max(200).optional().meta({ description: 'Part of a name or address, or an external_id.' }),
          tag: z.string().max(100).optional(),
        }),
        response: { 200: pageOf(contact) },
      },
    },
    async ({ query, read }) => {
      const { limit, q, tag } = query
      const after = readCursor(query.cursor)
      const rows = await read((tx, workspaceId) => listContacts(tx, workspaceId, { q, tag, after, limit }))
      return page(rows, limit, (row) => row.id, contactView)
    },
  )
}
