/** /api-keys */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { pagedList, pageOf, pageQuery } from '../../lib/paging.ts'
import { actorOf } from '../audit/audit.ts'
import { recentLogin, type WorkspaceDeps } from '../deps.ts'
import { shownOnce } from '../shownOnce.ts'
import { type CreatedKey, createKey, getKey, revokeKey, rotateKey } from './createKey.ts'
import { ApiKeyView, KeyId, NewKey, NewKeyView } from './schema.ts'
import { type ApiKey, listKeys } from './store.ts'

const CURSOR = /^\d{4}-[\dT:.-]+Z [0-9A-Za-z]{1,20}$/
const list = pagedList('keys', CURSOR)

export function keyRoutes({ access, authenticator }: WorkspaceDeps): FastifyPluginAsyncZod {
  const { db } = access
  const config = { scope: 'keys:write' } as const
  const preHandler = recentLogin(access)
  const tags = ['API keys']
  return async (server) => {
    server.get(
      '/api-keys',
      {
        config,
        schema: {
          tags,
          summary: 'API keys, newest first',
          querystring: z.strictObject(pageQuery),
          response: { 200: pageOf(ApiKeyView) },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query
        const [at, id] = list.read(cursor)?.split(' ') ?? []
        const after = at && id ? { at: new Date(at), id } : undefined
        const rows = await request.read((tx, workspaceId) =>
          listKeys(tx, workspaceId, { after, limit: limit + 1 }),
        )
        return list.page(rows, limit, (row) => `${row.createdAt.toISOString()} ${row.id}`, view)
      },
    )

    server.get(
      '/api-keys/:id',
      {
        config,
        schema: { tags, summary: 'One API key', params: KeyId, response: { 200: ApiKeyView } },
      },
      async (request) =>
        view(await request.read((tx, workspaceId) => getKey(tx, workspaceId, request.params.id))),
    )

    server.post(
      '/api-keys',
      {
        config,
        preHandler,
        schema: { tags, summary: 'Create an API key', body: NewKey, response: { 201: NewKeyView } },
      },
      async (request, reply) => {
        const { name, scopes, expires_at } = request.body
        const missing = scopes.filter((scope) => !request.auth.scopes.has(scope))
        if (missing.length > 0)
          throw new AppError(
            'forbidden',
            `You cannot give scopes that you do not have: ${missing.join(', ')}.`,
          )
        const input = {
          name,
          scopes: [...new Set(scopes)],
          expiresAt: expires_at ? new Date(expires_at) : null,
        }
        const context = {
          actor: actorOf(request),
          memberId: request.auth.memberId,
          now: db.clock.now(),
        }
        return reply.answer(201, async (tx, workspaceId) =>
          created(await createKey(tx, workspaceId, input, context)),
        )
      },
    )

    server.post(
      '/api-keys/:id/rotate',
      {
        config,
        preHandler,
        schema: {
          tags,
          summary: 'Replace a key; the old one works for 24 hours more',
          params: KeyId,
          response: { 201: NewKeyView },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        const context = {
          actor: actorOf(request),
          memberId: request.auth.memberId,
          now: db.clock.now(),
        }
        const answer = await reply.answer(201, async (tx, workspaceId) => {
          const old = await getKey(tx, workspaceId, id)
          if (
            !old.scopes.every((scope) => (request.auth.scopes as ReadonlySet<string>).has(scope))
          ) {
            throw new AppError(
              'forbidden',
              'This key may do more than you. Ask somebody who may do as much.',
            )
          }
          return created(await rotateKey(tx, workspaceId, id, context))
        })
        authenticator.forgetKey(id) // its end has moved
        return answer
      },
    )

    server.delete(
      '/api-keys/:id',
      {
        config,
        schema: { tags, summary: 'Revoke a key', params: KeyId, response: { 204: z.null() } },
      },
      async (request, reply) => {
        const { id } = request.params
        const context = {
          actor: actorOf(request),
          memberId: request.auth.memberId,
          now: db.clock.now(),
        }
        await reply.answer(204, async (tx, workspaceId) => {
          await revokeKey(tx, workspaceId, id, context)
          return null
        })
        authenticator.forgetKey(id)
        return null
      },
    )
  }
}

function created(row: CreatedKey): z.infer<typeof NewKeyView> {
  return shownOnce({ ...view(row), key: row.key }, 'key')
}

function view(row: ApiKey): z.infer<typeof ApiKeyView> {
  return {
    id: row.id,
    name: row.name,
    prefix: `bk_live_${row.id}`,
    scopes: [...row.scopes],
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
  }
}
