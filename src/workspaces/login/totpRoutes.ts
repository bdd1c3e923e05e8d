/** Two-factor login on and off. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { inWorkspace } from '../../db/db.ts'
import type { Access } from '../access.ts'
import { actorOf } from '../audit/audit.ts'
import { recentLogin } from '../deps.ts'
import { confirmEnrolment, disableTotp, enrol } from './changeTotp.ts'
import { CodeBody, EnrolmentView, RecoveryCodesView } from './schema.ts'

/** Without Idempotency-Key: the answers hold secrets that are nowhere kept. */
export function totpRoutes(access: Access): FastifyPluginAsyncZod {
  const { db } = access
  const tags = ['Login']
  const once = { repeatable: false } as const
  const preHandler = recentLogin(access)
  return async (server) => {
    server.post(
      '/auth/totp',
      {
        config: once,
        preHandler,
        schema: { tags, summary: 'Begin two-factor login', response: { 201: EnrolmentView } },
      },
      async (request, reply) => {
        const { auth } = request
        const enrolment = await inWorkspace(db, auth.workspaceId, (tx) => enrol(tx, access, auth))
        reply.code(201)
        return enrolment
      },
    )

    server.post(
      '/auth/totp/confirmation',
      {
        config: once,
        preHandler,
        schema: {
          tags,
          summary: 'Turn two-factor login on, with a first code',
          body: CodeBody,
          response: { 200: RecoveryCodesView },
        },
      },
      async (request) => {
        const change = { auth: request.auth, actor: actorOf(request) }
        const codes = await inWorkspace(db, request.auth.workspaceId, (tx) =>
          confirmEnrolment(tx, access, change, request.body.code),
        )
        return { recovery_codes: codes }
      },
    )

    server.delete(
      '/auth/totp',
      {
        config: once,
        preHandler,
        schema: { tags, summary: 'Turn two-factor login off', response: { 204: z.null() } },
      },
      async (request, reply) => {
        const change = { auth: request.auth, actor: actorOf(request) }
        await inWorkspace(db, request.auth.workspaceId, (tx) => disableTotp(tx, access, change))
        reply.code(204)
        return null
      },
    )
  }
}
