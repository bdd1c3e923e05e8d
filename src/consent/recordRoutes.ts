/** Each yes and no by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { getContactId } from '../contacts/find.ts'
import { contactParams } from '../contacts/schema.ts'
import { listFamily } from '../contacts/store.ts'
import type { Db } from '../db/db.ts'
import { invalid } from '../errors.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { type RecordedConsent, recordConsent } from './record.ts'
import { consent, consentInput } from './schema.ts'
import { listConsents } from './store.ts'

const list = pagedList('consents')

const reading = { scope: 'contacts:read' } as const
const writing = { scope: 'contacts:write' } as const

export const recordRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  const tags = ['consents']
  server.post(
    '/consents',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Record a yes or a no',
        body: consentInput,
        response: { 201: consent },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) => {
        const { contact_id: contactRef, external_id: externalRef, at, ...said } = request.body
        const now = db.clock.now()
        const ref = contactRef ?? externalRef
        if (ref === undefined) throw invalid('/contact_id', 'Give a contact_id or an external_id.')
        if (at && new Date(at) > now) throw invalid('/at', 'This is in the future.')
        const contactId = await getContactId(tx, workspaceId, ref)
        const input = { ...said, contactId, at: at ? new Date(at) : now }
        return consentView(await recordConsent(tx, workspaceId, input, now))
      }),
  )

  server.get(
    '/contacts/:id/consents',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Every yes and no of a contact, newest first',
        params: contactParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(consent) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const after = list.read(cursor)
      const rows = await request.read(async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        return listConsents(tx, workspaceId, await listFamily(tx, workspaceId, id), {
          after,
          limit,
        })
      })
      return list.page(rows, limit, (row) => row.id, consentView)
    },
  )
}

function consentView({
  id,
  contactId,
  topic,
  channel,
  granted,
  source,
  proof,
  at,
}: RecordedConsent) {
  return { id, contact_id: contactId, topic, channel, granted, source, proof, at: at.toISOString() }
}
