/**
 * Signing in and out. None of these takes an Idempotency-Key: its row would hold a fast hash
 * of a password, or an answer that is nowhere kept.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Access } from '../access.ts'
import { actorOf } from '../audit/audit.ts'
import type { WorkspaceDeps } from '../deps.ts'
import { changePassword } from './changePassword.ts'
import { logout } from './logout.ts'
import { PasswordBody, VerifyBody } from './schema.ts'
import { clearSessionCookie, clientOf, setSessionCookie } from './session.ts'
import { signInRoutes } from './signInRoutes.ts'
import { totpRoutes } from './totpRoutes.ts'
import { verifyAgain } from './verifyAgain.ts'

export function loginRoutes({ access }: WorkspaceDeps): FastifyPluginAsyncZod {
  return async (server) => {
    await server.register(signInRoutes(access))
    await server.register(onceSignedIn(access))
    await server.register(totpRoutes(access))
  }
}

function onceSignedIn(access: Access): FastifyPluginAsyncZod {
  const tags = ['Login']
  const once = { repeatable: false } as const
  return async (server) => {
    server.post(
      '/auth/logout',
      { config: once, schema: { tags, summary: 'Sign out', response: { 204: z.null() } } },
      async (request, reply) => {
        await logout(access.db, request.auth, actorOf(request))
        clearSessionCookie(reply, access)
        reply.code(204)
        return null
      },
    )

    server.post(
      '/auth/verify',
      {
        config: once,
        schema: {
          tags,
          summary: 'Give the password again, before a sensitive act',
          body: VerifyBody,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const session = await verifyAgain(
          access,
          request.auth,
          request.body,
          clientOf(request, access),
        )
        if (session) setSessionCookie(reply, access, session, session.remembered)
        reply.code(204)
        return null
      },
    )

    server.put(
      '/auth/password',
      {
        config: once,
        schema: {
          tags,
          summary: 'Change your password; ends your other sessions',
          body: PasswordBody,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { current_password, password, code } = request.body
        const change = {
          current: { password: current_password, code },
          next: password,
          pointer: '/password',
        }
        await changePassword(access, request.auth, change, clientOf(request, access))
        reply.code(204)
        return null
      },
    )
  }
}
