/** What the routes of this room are given by app.ts. */
import type { FastifyRequest } from 'fastify'
import type { Access } from './access.ts'
import type { Authenticator } from './authenticate.ts'
import type { WorkspaceHook } from './createWorkspace.ts'
import { requireRecentLogin } from './login/session.ts'

export interface WorkspaceDeps {
  readonly access: Access
  readonly authenticator: Pick<Authenticator, 'forgetKey'>
  /** Run for every new workspace. */
  readonly hooks: readonly WorkspaceHook[]
}

/** As a route's preHandler: people must have given their password in the last minutes. */
export function recentLogin({ db }: Access) {
  return async (request: FastifyRequest) => requireRecentLogin(request.auth, db.clock.now())
}
