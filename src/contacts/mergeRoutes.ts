/** Merging a duplicate into a contact by API, and taking it out again. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import { getContactId, getContactView } from './find.ts'
import { merge, unmerge } from './merge.ts'
import { contact, contactParams, externalId } from './schema.ts'

const tags = ['contacts']
const writing = { scope: 'contacts:write' } as const
const answers = { 200: contact }

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
