/**
 * Document 001's login for clients: a token instead of a cookie. Pages of other sites may
 * ask for one, since no browser sends it along by itself.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { actorOf } from '../audit/audit.ts'
import type { WorkspaceDeps } from '../deps.ts'
import { changePassword } from './changePassword.ts'
import { signToken, TOKEN_SECONDS } from './clientToken.ts'
import { logFailure } from './logFailure.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { personView } from './personView.ts'
import { ClientLoginBody, ClientLoginView, ClientPasswordBody, Message } from './schema.ts'
import { clientOf } from './session.ts'

export function clientRoutes({ access }: WorkspaceDeps): FastifyPluginAsyncZod {
  const { db, secrets } = access
  const tags = ['Client']
  const once = { repeatable: false } as const
  return async (server) => {
    server.post(
      '/api/client/login',
      {
        config: { public: true },
        onError: logFailure,
        schema: {
          tags,
          security: [],
          summary: 'Sign in for a token',
          body: ClientLoginBody,
          response: { 200: ClientLoginView },
        },
      },
      async (request) => {
        const { email, user_name, password, code } = request.body
        const input = { login: email ?? user_name ?? '', password, code, remember: false }
        const { member, membership, session } = await login(
          access,
          input,
          clientOf(request, access),
          TOKEN_SECONDS * 1000,
        )
        const claims = { memberId: member.id, sessionHash: session.tokenHash }
        return {
          token: await signToken(secrets.jwtKey, claims, db.clock.now()),
          token_type: 'Bearer' as const,
          expires_in: TOKEN_SECONDS,
          client_id: membership.workspaceId,
          member: personView(member),
          role: membership.role,
        }
      },
    )

    server.post(
      '/api/client/logout',
      { config: once, schema: { tags, summary: 'End the token', response: { 200: Message } } },
      async (request) => {
        await logout(db, request.auth, actorOf(request))
        return { message: 'You are signed out.' }
      },
    )

    server.post(
      '/api/client/change-password',
      {
        config: once,
        schema: {
          tags,
          summary: 'Change your password',
          body: ClientPasswordBody,
          response: { 200: Message },
        },
      },
      async (request) => {
        const { current_password, new_password, code } = request.body
        const change = {
          current: { password: current_password, code },
          next: new_password,
          pointer: '/new_password',
        }
        await changePassword(access, request.auth, change, clientOf(request, access))
        return { message: 'The password is changed. Your other sessions have ended.' }
      },
    )
  }
}
