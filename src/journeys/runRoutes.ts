/** /journeys/:id/runs and /waiting: who is where. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { AppError } from '../errors.ts'
import { pagedList } from '../lib/paging.ts'
import { JourneyParams } from './api.schema.ts'
import { getJourney } from './find.ts'
import { MOST_SENT, RunDetail, RunList, RunPage, RunParams, WaitingList } from './runs.schema.ts'
import { findRun, listSent, listWaitingRuns } from './runs.store.ts'
import { namesOf, runDetail, runView } from './runView.ts'
import { SPAN, searchRuns } from './searchRuns.ts'
import type { RunRow } from './store/runs.ts'

const tags = ['Journeys']
const reading = { scope: 'journeys:read' } as const
/** When the last one of a page is due, and its id. */
const list = pagedList('runs')
const due = pagedList(
  'runs by due',
  /^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
)

const shown = (nameOf: (row: RunRow) => string | null) => (row: RunRow) => ({
  ...runView(row),
  contact_name: nameOf(row),
})

export const runRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/journeys/:id/runs',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'List the runs of a journey, newest first' },
        description: `A rare match is looked for among ${SPAN} runs at a time: a page may hold fewer than \`limit\`, even none, and say \`has_more\`.`,
        params: JourneyParams,
        querystring: RunList,
        response: { 200: RunPage },
      },
    },
    async (request) => {
      const { limit, cursor, status = null, attention = false, key = null } = request.query
      const filter = {
        ...{ left: request.query.left ?? null, failed: request.query.failed ?? null },
        version: request.query.version ?? null,
        ...{ status, attention, key, contactId: request.query.contact_id ?? null },
        ...{ before: list.read(cursor) ?? null, limit: limit + 1 },
      }
      const { rows, stoppedAt, nameOf } = await request.read(async (tx, workspaceId) => {
        const { id } = await getJourney(tx, workspaceId, request.params.id)
        const found = await searchRuns(tx, workspaceId, id, filter)
        return { ...found, nameOf: await namesOf(tx, request.auth, found.rows) }
      })
      const found = list.page(rows, limit, (row) => row.id, shown(nameOf))
      return stoppedAt === null || found.has_more
        ? found
        : { ...found, has_more: true, next_cursor: list.cursorOf(stoppedAt) }
    },
  )

  app.get(
    '/journeys/:id/waiting',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'List the runs that wait, next due first' },
        params: JourneyParams,
        querystring: WaitingList,
        response: { 200: RunPage },
      },
    },
    async (request) => {
      const { limit, cursor, step = null, version = null } = request.query
      const [dueAt, last] = due.read(cursor)?.split(' ') ?? []
      const after = dueAt === undefined || last === undefined ? null : { dueAt, id: last }
      const { rows, nameOf } = await request.read(async (tx, workspaceId) => {
        const { id } = await getJourney(tx, workspaceId, request.params.id)
        const filter = { after, step, version, limit: limit + 1 }
        const rows = await listWaitingRuns(tx, workspaceId, id, filter)
        return { rows, nameOf: await namesOf(tx, request.auth, rows) }
      })
      return due.page(rows, limit, (row) => `${row.dueAt?.toISOString()} ${row.id}`, shown(nameOf))
    },
  )

  app.get(
    '/journeys/:id/runs/:run_id',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'Read a run: where it stands, what it knows, what it sent' },
        params: RunParams,
        response: { 200: RunDetail },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) => {
        const { id } = await getJourney(tx, workspaceId, request.params.id)
        const row = await findRun(tx, workspaceId, id, request.params.run_id)
        if (!row) throw new AppError('not_found', 'There is no such run.')
        const nameOf = await namesOf(tx, request.auth, [row])
        return runDetail(row, await listSent(tx, workspaceId, row.id, MOST_SENT), nameOf(row))
      }),
  )
}
