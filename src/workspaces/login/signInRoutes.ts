/** Ways to get a session: password, the first start's link, an invitation. And a way to a new password. */
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Access } from '../access.ts'
import type { Role } from '../auth.ts'
import { acceptInvitation } from '../members/acceptInvitation.ts'
import { resetPassword } from '../members/resetPassword.ts'
import { Acceptance, Reset, Setup } from '../members/schema.ts'
import { setupOwner } from '../members/setupOwner.ts'
import { logFailure } from './logFailure.ts'
import { login } from './login.ts'
import { personView } from './personView.ts'
import { refuseOtherOrigin } from './requireSameOrigin.ts'
import { LoginBody, LoginView } from './schema.ts'
import { clientOf, type OpenedSession, setDeviceCookie, setSessionCookie } from './session.ts'
import type { LoginMember } from './store.ts'

/** Public; requests of other sites are refused, because they would sign a browser in as somebody else. */
export function signInRoutes(access: Access): FastifyPluginAsyncZod {
  const { PUBLIC_URL } = access.config
  const schema = { tags: ['Login'], security: [] }
  return async (server) => {
    server.addHook('onRequest', async (request) => refuseOtherOrigin(request, PUBLIC_URL))
    server.addHook('onError', logFailure)
    const config = { public: true } as const

    server.post(
      '/auth/login',
      {
        config,
        schema: { ...schema, summary: 'Sign in', body: LoginBody, response: { 200: LoginView } },
      },
      async (request, reply) => {
        const { email, user_name, ...rest } = request.body
        const input = { ...rest, login: email ?? user_name ?? '' }
        const { member, membership, session } = await login(
          access,
          input,
          clientOf(request, access),
        )
        setSessionCookie(reply, access, session, input.remember)
        setDeviceCookie(reply, access, member.id)
        return loggedIn(access, member, membership, session)
      },
    )

    server.post(
      '/setup',
      {
        config,
        schema: {
          ...schema,
          summary: 'Create the owner, by the link of the first start',
          body: Setup,
          response: { 201: LoginView },
        },
      },
      async (request, reply) => {
        const { full_name = null, ...rest } = request.body
        const owner = await setupOwner(
          access,
          { ...rest, fullName: full_name },
          clientOf(request, access),
        )
        return arrived(access, reply, { ...owner, role: 'owner' })
      },
    )

    server.post(
      '/auth/invitations/accept',
      {
        config,
        schema: {
          ...schema,
          summary: 'Take an invitation',
          body: Acceptance,
          response: { 201: LoginView },
        },
      },
      async (request, reply) => {
        const { user_name = null, full_name = null, ...rest } = request.body
        const input = { ...rest, userName: user_name, fullName: full_name }
        return arrived(
          access,
          reply,
          await acceptInvitation(access, input, clientOf(request, access)),
        )
      },
    )

    server.post(
      '/auth/password-reset',
      {
        config,
        schema: {
          ...schema,
          summary: 'Set a new password, by a one-time link',
          body: Reset,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await resetPassword(
          access,
          request.body.token,
          request.body.password,
          clientOf(request, access),
        )
        reply.code(204)
        return null
      },
    )
  }
}

interface Arrival {
  readonly member: LoginMember
  readonly workspaceId: string
  readonly role: Role
  readonly session: OpenedSession
}

function arrived(access: Access, reply: FastifyReply, arrival: Arrival) {
  setSessionCookie(reply, access, arrival.session, false)
  setDeviceCookie(reply, access, arrival.member.id)
  reply.code(201)
  return loggedIn(access, arrival.member, arrival, arrival.session)
}

function loggedIn(
  access: Access,
  member: LoginMember,
  { workspaceId, role }: { workspaceId: string; role: Role },
  session: OpenedSession,
): z.infer<typeof LoginView> {
  return {
    member: personView(member),
    workspace_id: workspaceId,
    role,
    expires_at: session.expiresAt.toISOString(),
    secure_cookie: access.config.PUBLIC_URL.startsWith('https:'),
  }
}
