/** /members: who may sign in to the workspace. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { inWorkspace } from '../../db/db.ts'
import { pagedList, pageOf, pageQuery } from '../../lib/paging.ts'
import type { Access } from '../access.ts'
import { actorOf } from '../audit/audit.ts'
import { recentLogin, type WorkspaceDeps } from '../deps.ts'
import { IdParams } from '../schema.ts'
import { changeMember, getMember, removeMember, requireMayGrant } from './changeMember.ts'
import { createMember } from './createMember.ts'
import { givenPassword } from './givenPassword.ts'
import { invitationRoutes } from './invitationRoutes.ts'
import { resetRoutes } from './resetRoutes.ts'
import { MemberChange, MemberView, NewMember } from './schema.ts'
import { setupRoutes } from './setupRoutes.ts'
import { listMembers, type Member } from './store.ts'

const list = pagedList('members')

export function memberRoutes({ access }: WorkspaceDeps): FastifyPluginAsyncZod {
  return async (server) => {
    await server.register(members(access))
    await server.register(invitationRoutes(access))
    await server.register(resetRoutes(access))
    await server.register(setupRoutes(access))
  }
}

function members(access: Access): FastifyPluginAsyncZod {
  const { db, config } = access
  const read = { scope: 'members:read' } as const
  const write = { config: { scope: 'members:write' }, preHandler: recentLogin(access) } as const
  const tags = ['Members']
  return async (server) => {
    server.get(
      '/members',
      {
        config: read,
        schema: {
          tags,
          summary: 'Members of the workspace',
          querystring: z.strictObject(pageQuery),
          response: { 200: pageOf(MemberView) },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query
        const range = { after: list.read(cursor), limit: limit + 1 }
        const rows = await request.read((tx, workspaceId) => listMembers(tx, workspaceId, range))
        return list.page(rows, limit, (row) => row.id, view)
      },
    )

    server.get(
      '/members/:id',
      {
        config: read,
        schema: { tags, summary: 'One member', params: IdParams, response: { 200: MemberView } },
      },
      async (request) =>
        view(
          await request.read((tx, workspaceId) => getMember(tx, workspaceId, request.params.id)),
        ),
    )

    // Without Idempotency-Key, whose row would hold a fast hash of the password.
    server.post(
      '/members',
      {
        ...write,
        config: { ...write.config, repeatable: false },
        schema: {
          tags,
          summary: 'Create a member with a password, or with the hash of one',
          body: NewMember,
          response: { 201: MemberView },
        },
      },
      async (request, reply) => {
        const { email, role, user_name = null, full_name = null } = request.body
        const { auth } = request
        requireMayGrant(auth, role)
        const owner = { role, email, userName: user_name, serviceName: config.SERVICE_NAME }
        const passwordHash = await givenPassword(request.body, owner)
        const input = {
          email,
          role,
          userName: user_name,
          fullName: full_name,
          passwordHash,
          createdBy: auth.memberId,
        }
        const context = { actor: actorOf(request), now: db.clock.now() }
        const member = await inWorkspace(db, auth.workspaceId, (tx) =>
          createMember(tx, auth.workspaceId, input, context),
        )
        reply.code(201)
        return view(member)
      },
    )

    server.put(
      '/members/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change a role, switch a member off or on',
          params: IdParams,
          body: MemberChange,
          response: { 200: MemberView },
        },
      },
      async (request, reply) => {
        const { role, is_active: isActive } = request.body
        const context = { auth: request.auth, actor: actorOf(request), now: db.clock.now() }
        return reply.answer(200, async (tx, workspaceId) =>
          view(await changeMember(tx, workspaceId, request.params.id, { role, isActive }, context)),
        )
      },
    )

    server.delete(
      '/members/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Remove a member from the workspace',
          params: IdParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const context = { auth: request.auth, actor: actorOf(request), now: db.clock.now() }
        return reply.answer(204, async (tx, workspaceId) => {
          await removeMember(tx, workspaceId, request.params.id, context)
          return null
        })
      },
    )
  }
}

function view(row: Member): z.infer<typeof MemberView> {
  return {
    id: row.id,
    email: row.email,
    user_name: row.userName,
    full_name: row.fullName,
    role: row.role,
    is_active: row.isActive,
    two_factor: row.twoFactor,
    last_login: row.lastLogin?.toISOString() ?? null,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
  }
}
