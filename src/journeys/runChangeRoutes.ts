/** What people do with runs: begin one, skip its wait, run it now, hold, release, cancel. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { TransactionSql } from 'postgres'
import type { z } from 'zod'
import { getContactId } from '../contacts/find.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import type { WorkspaceDirectory } from '../workspaces/directory.ts'
import { JourneyParams } from './api.schema.ts'
import { getCurrentJourney, getJourney } from './find.ts'
import { retryRun } from './retryRun.ts'
import { NewRun, RunChange, RunHold, RunParams, RunView } from './runs.schema.ts'
import { findRun } from './runs.store.ts'
import {
  type ByPerson,
  beginRun,
  cancelRun,
  holdRunByHand,
  type RunRow,
  releaseRunByHand,
  runNow,
  skipWait,
} from './runs.ts'
import { runView } from './runView.ts'

export interface RunChangeDeps {
  readonly db: Db
  readonly workspaces: WorkspaceDirectory
  /** Runs are due. */
  onDue(): void
}

const tags = ['Journeys']
const writing = { scope: 'journeys:write' } as const

export const runChangeRoutes =
  (deps: RunChangeDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(beginRoute(deps))
    for (const verb of verbs) await app.register(verbRoute(verb, deps))
    await app.register(reasonRoutes(deps))
  }

const beginRoute =
  ({ db, workspaces, onDue }: RunChangeDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/journeys/:id/runs',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Begin a run' },
          params: JourneyParams,
          body: NewRun,
          response: { 201: RunView },
        },
      },
      async (request, reply) => {
        const { body, params } = request
        const workspace = await workspaces.get(request.auth.workspaceId)
        const answer = await reply.answer(201, async (tx, workspaceId) => {
          const journey = await getCurrentJourney(tx, workspaceId, params.id)
          const ref = body.contact_id
          const contactId = ref === undefined ? null : await getContactId(tx, workspaceId, ref)
          const given = { contactId, key: body.key, properties: body.properties }
          return runView(await beginRun(tx, workspace, journey, given, db.clock.now()))
        })
        onDue()
        return answer
      },
    )
  }

interface Verb {
  readonly path: string
  readonly summary: string
  act(tx: TransactionSql, workspaceId: string, id: string, by: ByPerson): Promise<RunRow>
}

const verbs: readonly Verb[] = [
  { path: 'skip', summary: 'Wait no longer where it waits', act: skipWait },
  { path: 'run-now', summary: 'Look at it at once instead of when it is due', act: runNow },
  { path: 'release', summary: 'Let a held run go on', act: releaseRunByHand },
  { path: 'retry', summary: 'Take a run that failed up again where it stood', act: retryRun },
]

const verbRoute =
  ({ path, summary, act }: Verb, deps: RunChangeDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      `/journeys/:id/runs/:run_id/${path}`,
      {
        config: writing,
        schema: { tags, summary, params: RunParams, response: { 200: RunView } },
      },
      (request, reply) =>
        changeRun(request, reply, deps, {
          action: `run.${path.replace('-', '_')}`,
          act: (tx, workspaceId, id, now) => act(tx, workspaceId, id, { now }),
        }),
    )
  }

const reasonRoutes =
  (deps: RunChangeDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/journeys/:id/runs/:run_id/cancel',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'End it; its messages that have not gone are cancelled' },
          params: RunParams,
          body: RunChange,
          response: { 200: RunView },
        },
      },
      (request, reply) => {
        const reason = request.body?.reason
        return changeRun(request, reply, deps, {
          action: 'run.cancel',
          act: (tx, workspaceId, id, now) => cancelRun(tx, workspaceId, id, { now, reason }),
        })
      },
    )

    app.post(
      '/journeys/:id/runs/:run_id/hold',
      {
        config: writing,
        schema: {
          ...{ tags, summary: 'Hold it and its messages, until then or until it is released' },
          params: RunParams,
          body: RunHold,
          response: { 200: RunView },
        },
      },
      (request, reply) => {
        const { reason, until } = request.body ?? {}
        const end = until === undefined ? null : new Date(until)
        return changeRun(request, reply, deps, {
          action: 'run.hold',
          act: (tx, workspaceId, id, now) =>
            holdRunByHand(tx, workspaceId, id, { now, reason, until: end }),
        })
      },
    )
  }

interface Change {
  /** For the audit log. */
  readonly action: string
  act(tx: TransactionSql, workspaceId: string, id: string, now: Date): Promise<RunRow>
}

async function changeRun(
  request: FastifyRequest & { readonly params: z.infer<typeof RunParams> },
  reply: FastifyReply,
  { db, onDue }: RunChangeDeps,
  { action, act }: Change,
): Promise<RunView> {
  const { id, run_id: runId } = request.params
  const now = db.clock.now()
  const answer = await reply.answer(200, async (tx, workspaceId) => {
    await requireRun(tx, workspaceId, id, runId)
    const row = await act(tx, workspaceId, runId, now)
    await audit(tx, workspaceId, { actor: actorOf(request), at: now, action, target: runId })
    return runView(row)
  })
  onDue()
  return answer
}

/** The path names a journey as well: a run of another one is not there. */
async function requireRun(tx: TransactionSql, workspaceId: string, ref: string, runId: string) {
  const { id } = await getJourney(tx, workspaceId, ref)
  if (!(await findRun(tx, workspaceId, id, runId)))
    throw new AppError('not_found', 'There is no such run.')
}
