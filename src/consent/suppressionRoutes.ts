/** Suppressions by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { mustNormalise } from '../contacts/normalise.ts'
import { type AddressKind, addressKinds } from '../contacts/schema.ts'
import { readDefaultCountry } from '../contacts/store.ts'
import type { Db, Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import { addressHash } from './hash.ts'
import { suppression, suppressionInput, suppressionReasons, suppressionView } from './schema.ts'
import { findSuppression, listSuppressions, readPepper } from './store.ts'
import { lift, suppress } from './suppress.ts'

const list = pagedList('suppressions', /^\d{4}-[\d:.TZ-]{10,30} [0-9a-f]{64}$/)

const reading = { scope: 'contacts:read' } as const
const writing = { scope: 'contacts:write' } as const

export const suppressionRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
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
      const after = list.read(cursor)
      const rows = await request.read(async (tx, workspaceId) => {
        const hash =
          kind && address !== undefined
            ? await hashOf(tx, workspaceId, { kind, address })
            : undefined
        const filter = { kind, reason, hash, limit, after }
        return listSuppressions(tx, workspaceId, filter, clock.now())
      })
      return list.page(
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
