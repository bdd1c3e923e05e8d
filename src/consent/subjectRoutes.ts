/** Deleting, erasing and exporting one person by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { getContactId } from '../contacts/find.ts'
import { contactParams } from '../contacts/schema.ts'
import type { Db } from '../db/db.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import { erase, remove, type SubjectHooks, takeOut } from './subject.ts'

const tags = ['contacts']

export const subjectRoutes: FastifyPluginAsyncZod<{ db: Db } & SubjectHooks> = async (
  server,
  { db, ...hooks },
) => {
  server.delete(
    '/contacts/:id',
    {
      config: { scope: 'contacts:write' },
      schema: {
        tags,
        summary: 'Delete a contact; with erase=true forget the person, for good',
        params: contactParams,
        querystring: z.strictObject({ erase: z.stringbool().default(false) }),
        response: {
          200: z.object({ id: z.uuid(), deleted: z.literal(true), erased: z.boolean() }),
        },
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        const erased = request.query.erase
        const now = db.clock.now()
        if (erased) await erase(tx, workspaceId, id, hooks, now)
        else await remove(tx, workspaceId, id, now)
        const by = { actor: actorOf(request), at: now }
        const entry = erased
          ? { ...by, action: 'contact.erased' } // nothing that stays names who was forgotten
          : { ...by, action: 'contact.deleted', target: id }
        await audit(tx, workspaceId, entry)
        return { id, deleted: true as const, erased }
      }),
  )

  server.get(
    '/contacts/:id/export',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'Everything that is held about a contact',
        params: contactParams,
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async (request, reply) => {
      reply.header('content-disposition', 'attachment; filename="contact.json"')
      return request.read(async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        const all = await takeOut(tx, workspaceId, id, hooks)
        const by = { actor: actorOf(request), at: db.clock.now() }
        await audit(tx, workspaceId, { ...by, action: 'contact.exported', target: id })
        return all
      })
    },
  )
}
