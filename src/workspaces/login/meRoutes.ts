/** Who am I, and where am I signed in? */

import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Access } from '../access.ts'
import { actorOf } from '../audit/audit.ts'
import type { WorkspaceDeps } from '../deps.ts'
import { findWorkspaceById } from '../store.ts'
import { changeProfile, switchWorkspace } from './changeProfile.ts'
import { revokeSession } from './logout.ts'
import { personView } from './personView.ts'
import { MeView, ProfileBody, SessionId, SessionsView, SwitchBody } from './schema.ts'
import { requireMember } from './session.ts'
import { listSessions } from './sessions.store.ts'
import { findLoginMember, listMemberships } from './store.ts'

export function meRoutes({ access }: WorkspaceDeps): FastifyPluginAsyncZod {
  return async (server) => {
    await server.register(me(access))
    await server.register(sessions(access))
  }
}

function me(access: Access): FastifyPluginAsyncZod {
  const tags = ['Login']
  return async (server) => {
    server.get(
      '/auth/me',
      { schema: { tags, summary: 'Who you are and what you may do', response: { 200: MeView } } },
      view,
    )

    server.put(
      '/auth/me',
      {
        schema: { tags, summary: 'Change your name', body: ProfileBody, response: { 200: MeView } },
      },
      async (request, reply) => {
        const { full_name: fullName, user_name: userName } = request.body
        const context = { actor: actorOf(request), now: access.db.clock.now() }
        await reply.answer(200, async (tx) => {
          await changeProfile(tx, request.auth, { fullName, userName }, context)
          return null
        })
        return view(request)
      },
    )

    server.put(
      '/auth/workspace',
      {
        schema: {
          tags,
          summary: 'Turn the session to another workspace of yours',
          body: SwitchBody,
          response: { 204: z.null() },
        },
      },
      async (request, reply) =>
        reply.answer(204, async (tx) => {
          await switchWorkspace(tx, request.auth, request.body.workspace_id)
          return null
        }),
    )
  }
}

async function view(request: FastifyRequest): Promise<z.infer<typeof MeView>> {
  const { auth } = request
  return request.read(async (tx, workspaceId) => {
    const { id, slug, name } = (await findWorkspaceById(tx, workspaceId))!
    const member = auth.memberId === null ? undefined : await findLoginMember(tx, auth.memberId)
    const memberships = member ? await listMemberships(tx, member.id) : []
    return {
      kind: auth.kind,
      workspace: { id, slug, name },
      member: member ? personView(member) : null,
      role: memberships.find((each) => each.workspaceId === workspaceId)?.role ?? null,
      scopes: [...auth.scopes],
      workspaces: memberships.map((each) => ({
        id: each.workspaceId,
        slug: each.slug,
        role: each.role,
      })),
    }
  })
}

function sessions({ db }: Access): FastifyPluginAsyncZod {
  const tags = ['Login']
  return async (server) => {
    server.get(
      '/auth/sessions',
      { schema: { tags, summary: 'Where you are signed in', response: { 200: SessionsView } } },
      async (request) => {
        const { memberId, sessionHash } = requireMember(request.auth)
        const rows = await request.read((tx) => listSessions(tx, memberId, db.clock.now()))
        const data = rows.map((row) => ({
          id: row.tokenHash,
          current: row.tokenHash === sessionHash,
          created_at: row.createdAt.toISOString(),
          seen_at: row.seenAt.toISOString(),
          expires_at: row.expiresAt.toISOString(),
          remembered: row.remembered,
          ip: row.ip,
          user_agent: row.userAgent,
        }))
        return { data, has_more: false as const, next_cursor: null }
      },
    )

    server.delete(
      '/auth/sessions/:id',
      {
        schema: {
          tags,
          summary: 'End one of your sessions',
          params: SessionId,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const context = { actor: actorOf(request), now: db.clock.now() }
        return reply.answer(204, async (tx) => {
          await revokeSession(tx, request.auth, request.params.id, context)
          return null
        })
      },
    )
  }
}
