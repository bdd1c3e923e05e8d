/** How a question about opens is asked: by whom, of which workspace, in its zone, which each answer repeats. */
import type { FastifyRequest } from 'fastify'
import type { TransactionSql } from 'postgres'
import type { z } from 'zod'
import { type Db, inWorkspace } from '../../db/db.ts'
import type { WorkspaceDirectory } from '../../workspaces/directory.ts'
import type { Source } from './schema.ts'

export interface OpenRoutesDeps {
  readonly db: Db
  readonly workspaces: WorkspaceDirectory
  readonly defaultWorkspaceId: string
  /** STATS_PUBLIC: read without a key, of the default workspace. */
  readonly open: boolean
}

export interface Asked {
  readonly tx: TransactionSql
  readonly workspaceId: string
  readonly zone: string
  /** Null: every connected source. */
  readonly source: string | null
}

export const configOf = ({ open }: Pick<OpenRoutesDeps, 'open'>) =>
  open ? { public: true } : ({ scope: 'analytics:read' } as const)

/** Answers from one snapshot of the workspace. */
export const asking =
  (deps: OpenRoutesDeps) =>
  async <T>(
    request: FastifyRequest,
    source: z.infer<typeof Source>,
    work: (asked: Asked) => Promise<T>,
  ): Promise<T & { time_zone: string }> => {
    const workspaceId = deps.open ? deps.defaultWorkspaceId : request.auth.workspaceId
    const { timeZone: zone } = await deps.workspaces.get(workspaceId)
    const answer = await inWorkspace(deps.db, workspaceId, (tx) =>
      work({ tx, workspaceId, zone, source: source === 'all' ? null : source }),
    )
    return { time_zone: zone, ...answer }
  }
