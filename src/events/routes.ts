/** Customers' own events in, and what happened to contacts out. */
import type { FastifySchemaCompiler } from 'fastify'
import { type FastifyPluginAsyncZod, validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { getContactId } from '../contacts/find.ts'
import { contactParams } from '../contacts/schema.ts'
import { listFamily } from '../contacts/store.ts'
import type { Db } from '../db/db.ts'
import { Instant } from '../lib/instant.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { ingest } from './ingest.ts'
import { event, eventInput, eventView, MAX_EVENTS, recorded } from './schema.ts'
import { eventKey, listEvents, listTimeline } from './store.ts'

const tags = ['events']
const batch = z.array(eventInput).min(1).max(MAX_EVENTS)

/** Checks a body as what it looks like, so that faults name the field and not the union. */
const oneOrMany: FastifySchemaCompiler<unknown> = (route) => {
  if (!(route.schema instanceof z.ZodType)) throw new TypeError('not a zod schema')
  if (route.httpPart !== 'body') return validatorCompiler({ ...route, schema: route.schema })
  const one = validatorCompiler({ ...route, schema: eventInput })
  const many = validatorCompiler({ ...route, schema: batch })
  return (data) => (Array.isArray(data) ? many : one)(data)
}
const key = /^\d{4}-[\d:.TZ-]{10,30} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const list = pagedList('events', key)
const timeline = pagedList('timeline', key)

export const eventRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  server.post(
    '/events',
    {
      config: { scope: 'events:write' },
      validatorCompiler: oneOrMany,
      schema: {
        tags,
        summary: `Record an event, or up to ${MAX_EVENTS} at once`,
        body: z.union([eventInput, batch]),
        response: { 201: z.union([z.object({ data: z.array(recorded) }), recorded]) },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) => {
        const { body } = request
        const batched = Array.isArray(body)
        const given = { bodies: batched ? body : [body], batch: batched }
        const ids = await ingest(tx, workspaceId, given, db.clock.now())
        const data = ids.map((id) => ({
          id,
          status: id === null ? ('duplicate' as const) : ('recorded' as const),
        }))
        return batched ? { data } : data[0]!
      }),
  )

  const query = z.strictObject({
    ...pageQuery,
    contact: z
      .string()
      .max(255)
      .optional()
      .meta({ description: 'Our id of the contact, or your external_id.' }),
    name: z.string().max(100).optional(),
    from: Instant.optional(),
    to: Instant.optional(),
  })
  server.get(
    '/events',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary:
          'List events about contacts, newest first; those of messages are in their timelines',
        querystring: query,
        response: { 200: pageOf(event) },
      },
    },
    async (request) => {
      const { contact, name, from, to, limit, cursor } = request.query
      const rows = await request.read(async (tx, workspaceId) => {
        const contactIds = contact
          ? await listFamily(tx, workspaceId, await getContactId(tx, workspaceId, contact))
          : undefined
        return listEvents(tx, workspaceId, {
          contactIds,
          name,
          from: from ? new Date(from) : undefined,
          to: to ? new Date(to) : undefined,
          after: list.read(cursor),
          limit,
        })
      })
      return list.page(rows, limit, eventKey, eventView)
    },
  )

  server.get(
    '/contacts/:id/timeline',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags: ['contacts'],
        summary: 'What happened to a contact and to the messages sent to it, newest first',
        params: contactParams,
        querystring: z.strictObject({
          ...pageQuery,
          names: z.string().min(1).max(500).optional().meta({
            description: 'Only events of these names, comma-separated; `message.*` is a beginning.',
          }),
        }),
        response: { 200: pageOf(event) },
      },
    },
    async (request) => {
      const { limit, cursor, names } = request.query
      const after = timeline.read(cursor)
      const rows = await request.read(async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        return listTimeline(tx, workspaceId, await listFamily(tx, workspaceId, id), {
          ...{ after, limit, names: names?.split(',') },
        })
      })
      return timeline.page(rows, limit, eventKey, eventView)
    },
  )
}
