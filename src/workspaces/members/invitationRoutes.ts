/** /members/invitations: who is invited, by links that members pass on. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pagedList, pageOf, pageQuery } from '../../lib/paging.ts'
import type { Access } from '../access.ts'
import { actorNames } from '../actorName.store.ts'
import { actorOf } from '../audit/audit.ts'
import { recentLogin } from '../deps.ts'
import { IdParams } from '../schema.ts'
import { shownOnce } from '../shownOnce.ts'
import { requireMayGrant } from './changeMember.ts'
import { type Invitation, listInvitations } from './invitations.store.ts'
import { invite } from './invite.ts'
import { InvitationView, NewInvitation, OpenInvitationView } from './schema.ts'
import { takeBack } from './takeBack.ts'

const list = pagedList('invitations')

export function invitationRoutes(access: Access): FastifyPluginAsyncZod {
  const { db, config } = access
  const write = { config: { scope: 'members:write' }, preHandler: recentLogin(access) } as const
  const tags = ['Members']
  return async (server) => {
    server.get(
      '/members/invitations',
      {
        config: { scope: 'members:read' },
        schema: {
          tags,
          summary: 'Invitations that nobody has taken yet',
          querystring: z.strictObject(pageQuery),
          response: { 200: pageOf(OpenInvitationView) },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query
        const range = { after: list.read(cursor), limit: limit + 1 }
        return request.read(async (tx, workspaceId) => {
          const rows = await listInvitations(tx, workspaceId, range, db.clock.now())
          const inviters = rows.map(({ createdBy }) => createdBy)
          const names = await actorNames(tx, workspaceId, inviters)
          return list.page(
            rows,
            limit,
            ({ id }) => id,
            (row) => view(row, names),
          )
        })
      },
    )

    server.post(
      '/members/invitations',
      {
        ...write,
        schema: {
          tags,
          summary: 'Invite somebody by a one-time link',
          body: NewInvitation,
          response: { 201: InvitationView },
        },
      },
      async (request, reply) => {
        const { email, role } = request.body
        requireMayGrant(request.auth, role)
        const context = {
          publicUrl: config.PUBLIC_URL,
          auth: request.auth,
          actor: actorOf(request),
          now: db.clock.now(),
        }
        return reply.answer(201, async (tx, workspaceId) => {
          const { id, url, expiresAt } = await invite(tx, workspaceId, { email, role }, context)
          return shownOnce({ id, email, role, url, expires_at: expiresAt.toISOString() }, 'url')
        })
      },
    )

    server.delete(
      '/members/invitations/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Take an invitation back; its link says so',
          params: IdParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const context = { auth: request.auth, actor: actorOf(request), now: db.clock.now() }
        return reply.answer(204, async (tx, workspaceId) => {
          await takeBack(tx, workspaceId, request.params.id, context)
          return null
        })
      },
    )
  }
}

function view(
  { id, email, role, ...row }: Invitation,
  names: ReadonlyMap<string | null, string>,
): z.infer<typeof OpenInvitationView> {
  return {
    id,
    email,
    role,
    invited_by: row.createdBy,
    invited_by_name: names.get(row.createdBy) ?? null,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
  }
}
