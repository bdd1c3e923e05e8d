/**
 * Failed logins go to the log and not to the audit chain: its head is locked while it is
 * written, and strangers could keep it busy.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'

/** As an onError hook of the routes that take passwords. */
export async function logFailure(request: FastifyRequest, _reply: FastifyReply, error: Error) {
  if (!(error instanceof AppError) || (error.status !== 401 && error.status !== 429)) return
  request.log.warn(
    {
      ...{ reason: error.code, ip: request.ip, path: request.routeOptions.url },
      request_id: request.id,
    },
    'login_failed',
  )
}
