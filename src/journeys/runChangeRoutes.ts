/** What people do with runs: begin one, skip its wait, run it now, hold, release, cancel. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { TransactionSql } from 'postgres'
import { getContactId } from '../contacts/find.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import type { WorkspaceDirectory } from '../workspaces/directory.ts'
import { JourneyParams } from './api.schema.ts'
import { getCurrentJourney, getJourney } from './find.ts'
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
    await app.register(holdRoute(deps))
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
  {
    path: 'cancel',
    summary: 'End it; its messages that have not gone are cancelled',
    act: cancelRun,
  },
]

const verbRoute =
  ({ path, summary, act }: Verb, { db, onDue }: RunChangeDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      `/journeys/:id/runs/:run_id/${path}`,
      {
        config: writing,
        schema: { tags, summary, params: RunParams, body: RunChange, response: { 200: RunView } },
      },
      async (request, reply) => {
        const { id, run_id: runId } = request.params
        const by = { now: db.clock.now(), reason: request.body?.reason }
        const answer = await reply.answer(200, async (tx, workspaceId) => {
          await requireRun(tx, workspaceId, id, runId)
          const row = await act(tx, workspaceId, runId, by)
          const entry = { actor: actorOf(request), at: by.now, target: runId }
          await audit(tx, workspaceId, { ...entry, action: `run.${path.replace('-', '_')}` })
          return runView(row)
        })
        onDue()
        return answer
      },
    )
  }

const holdRoute =
  ({ db }: RunChangeDeps): FastifyPluginAsyncZod =>
  async (app) => {
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
      async (request, reply) => {
        const { id, run_id: runId } = request.params
        const { reason, until } = request.body ?? {}
        const now = db.clock.now()
        const by = { now, reason, until: until === undefined ? null : new Date(until) }
        return reply.answer(200, async (tx, workspaceId) => {
          await requireRun(tx, workspaceId, id, runId)
          const row = await holdRunByHand(tx, workspaceId, runId, by)
          const entry = { actor: actorOf(request), at: now, target: runId }
          await audit(tx, workspaceId, { ...entry, action: 'run.hold' })
          return runView(row)
        })
      },
    )
  }

/** The path names a journey as well: a run of another one is not there. */
async function requireRun(tx: TransactionSql, workspaceId: string, ref: string, runId: string) {
  const { id } = await getJourney(tx, workspaceId, ref)
  if (!(await findRun(tx, workspaceId, id, runId)))
    throw new AppError('not_found', 'There is no such run.')
}
