/** Suppressions, consents and topics by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { getContactId } from '../contacts/find.ts'
import { mustNormalise } from '../contacts/normalise.ts'
import { type AddressKind, addressKinds, contactParams } from '../contacts/schema.ts'
import { listFamily, readDefaultCountry } from '../contacts/store.ts'
import type { Db, Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { page, pageOf, pageQuery, readCursor } from '../lib/paging.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import { addressHash } from './hash.ts'
import { type RecordedConsent, recordConsent } from './record.ts'
import {
  consent,
  consentInput,
  suppression,
  suppressionInput,
  suppressionReasons,
  suppressionView,
  topic,
  topicInput,
  topicView,
} from './schema.ts'
import {
  findSuppression,
  listConsents,
  listSuppressions,
  listTopics,
  readPepper,
  saveTopic,
} from './store.ts'
import { lift, suppress } from './suppress.ts'

const reading = { scope: 'contacts:read' } as const
const writing = { scope: 'contacts:write' } as const

export const consentRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, options) => {
  await server.register(suppressionRoutes, options)
  await server.register(recordRoutes, options)
  await server.register(topicRoutes, options)
}

const suppressionRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  const tags = ['suppressions']
  const { clock } = db
  const querystring = z.strictObject({
    ...pageQuery,
    kind: z.enum(addressKinds).optional(),
    reason: z.enum(suppressionReasons).optional(),
    address: z
      .string()
      .min(1)
      .max(4_096)
      .optional()
      .meta({ description: 'This one only; goes with kind.' }),
  })
  server.get(
    '/suppressions',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List suppressed addresses, newest first',
        querystring,
        response: { 200: pageOf(suppression) },
      },
    },
    async (request) => {
      const { limit, kind, reason, address, cursor } = request.query
      if (address !== undefined && kind === undefined)
        throw invalid('/address', 'Say what kind of address it is.')
      const after = readCursor(cursor, /^\d{4}-[\d:.TZ-]{10,30} [0-9a-f]{64}$/)
      const rows = await request.read(async (tx, workspaceId) => {
        const hash =
          kind && address !== undefined
            ? await hashOf(tx, workspaceId, { kind, address })
            : undefined
        const filter = { kind, reason, hash, limit, after }
        return listSuppressions(tx, workspaceId, filter, clock.now())
      })
      return page(
        rows,
        limit,
        (row) => `${row.createdAt.toISOString()} ${row.addressHash}`,
        suppressionView,
      )
    },
  )

  server.post(
    '/suppressions',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Suppress an address',
        body: suppressionInput,
        response: { 201: suppression },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) => {
        const { kind, reason, detail, expires_at: expires, default_country: country } = request.body
        const expiresAt = expires === undefined ? null : new Date(expires)
        if (expiresAt && expiresAt <= clock.now())
          throw invalid('/expires_at', 'This is in the past.')
        const home = country ?? (await readDefaultCountry(tx, workspaceId))
        const address = mustNormalise(request.body, home, '/address')
        const input = { kind, address, reason, source: 'api', detail, expiresAt }
        await suppress(tx, workspaceId, input, clock.now())
        const hash = addressHash(await readPepper(tx, workspaceId), kind, address)
        return suppressionView(
          (await findSuppression(tx, workspaceId, { kind, hash }, clock.now()))!,
        )
      }),
  )

  server.delete(
    '/suppressions/:kind/:address',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Lift the suppression of an address',
        params: z.object({ kind: z.enum(addressKinds), address: z.string().min(1).max(4_096) }),
        response: {
          200: z.object({
            kind: z.enum(addressKinds),
            address: z.string(),
            lifted: z.literal(true),
          }),
        },
      },
    },
    (request, reply) =>
      reply.answer(200, async (tx, workspaceId) => {
        const { kind } = request.params
        const address = mustNormalise(
          request.params,
          await readDefaultCountry(tx, workspaceId),
          '/address',
        )
        const now = clock.now()
        const hash = addressHash(await readPepper(tx, workspaceId), kind, address)
        const was = await findSuppression(tx, workspaceId, { kind, hash }, now)
        if (!(await lift(tx, workspaceId, kind, address)))
          throw new AppError('not_found', 'This address is not suppressed.')
        const by = { actor: actorOf(request), at: now }
        const details = { kind, reason: was?.reason } // the hash finds it for who knows the address
        await audit(tx, workspaceId, {
          ...{ ...by, action: 'suppression.lifted', target: hash, details },
        })
        return { kind, address, lifted: true as const }
      }),
  )
}

/** What an address is kept under once it is spelled as we spell it. */
async function hashOf(
  tx: Sql,
  workspaceId: string,
  given: { kind: AddressKind; address: string },
): Promise<string> {
  const home = await readDefaultCountry(tx, workspaceId)
  const address = mustNormalise(given, home, '/address')
  return addressHash(await readPepper(tx, workspaceId), given.kind, address)
}

const recordRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
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
      const after = readCursor(cursor)
      const rows = await request.read(async (tx, workspaceId) => {
        const id = await getContactId(tx, workspaceId, request.params.id)
        return listConsents(tx, workspaceId, await listFamily(tx, workspaceId, id), {
          after,
          limit,
        })
      })
      return page(rows, limit, (row) => row.id, consentView)
    },
  )
}

const topicRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  const tags = ['topics']
  server.get(
    '/topics',
    {
      config: reading,
      schema: { tags, summary: 'List topics', response: { 200: pageOf(topic) } },
    },
    async (request) => {
      const topics = await request.read(listTopics)
      return { data: topics.map(topicView), has_more: false, next_cursor: null }
    },
  )

  server.post(
    '/topics',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Make a topic, or change the one of this key',
        body: topicInput,
        response: { 201: topic },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) =>
        topicView(await saveTopic(tx, workspaceId, request.body, db.clock.now())),
      ),
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
