/** GET /api-requests: what was asked of the API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { pagedList, pageOf } from '../../lib/paging.ts'
import { uuid7Floor, uuid7Time } from '../../lib/uuid7.ts'
import { ListQuery, RequestSummary, RequestView } from './schema.ts'
import { findRequest, findRequestBack, listRequests, type RequestFilter } from './store.ts'
import { summaryOf, viewOf } from './view.ts'

const list = pagedList('requests')

const SPAN = 20_000 // requests looked at for one page
/** Between a request and its messages, the wait of /send and two clocks included. */
const APART_MS = 5 * 60_000

const tags = ['API requests']
const config = { scope: 'requests:read' } as const

export const requestRoutes: FastifyPluginAsyncZod = async (server) => {
  server.get(
    '/api-requests',
    {
      config,
      schema: {
        tags,
        summary: 'Requests to the API, newest first',
        description: `All that failed and all that people did in the dashboard, but for what its pages read; of very many that succeeded a part. Written once a second, kept for REQUEST_LOG_DAYS. A rare match is looked for among ${SPAN} requests at a time: a page may hold fewer than \`limit\`, even none, and say \`has_more\`.`,
        querystring: ListQuery,
        response: { 200: pageOf(RequestSummary) },
      },
    },
    async (request) => {
      const { limit, cursor, ...query } = request.query
      const wanted = {
        ...filterOf(query, list.read(cursor) ?? null),
        limit: limit + 1,
      }
      const { rows, stoppedAt } = await request.read((tx, workspaceId) =>
        search(tx, workspaceId, wanted),
      )
      const found = list.page(rows, limit, (row) => row.id, summaryOf)
      return stoppedAt === null || found.has_more
        ? found
        : { ...found, has_more: true, next_cursor: list.cursorOf(stoppedAt) }
    },
  )

  server.get(
    '/api-requests/:id',
    {
      config,
      schema: {
        tags,
        summary: 'One request with its body and answer',
        params: z.object({ id: z.uuid('not an id of a request') }),
        response: { 200: RequestView },
      },
    },
    (request) =>
      request.read(async (tx, workspaceId) => {
        const row = await findRequest(tx, workspaceId, request.params.id)
        if (!row)
          throw new AppError(
            'not_found',
            'This request is not in the log: its time there is over, or it was not kept.',
          )
        return viewOf(row)
      }),
  )
}

async function search(tx: Sql, workspaceId: string, filter: RequestFilter) {
  const { since, before, limit } = filter
  const back = await findRequestBack(tx, workspaceId, { before, span: SPAN })
  const floor = back !== undefined && (since === null || back > since) ? back : null
  const rows = await listRequests(tx, workspaceId, { ...filter, since: floor ?? since })
  return { rows, stoppedAt: rows.length < limit ? floor : null }
}

function filterOf(
  query: Omit<z.infer<typeof ListQuery>, 'limit' | 'cursor'>,
  cursor: string | null,
): Omit<RequestFilter, 'limit'> {
  const { from, to, message_id } = query
  const made = message_id === undefined ? null : +uuid7Time(message_id)
  return {
    method: query.method ?? null,
    status: statusOf(query.status),
    path: query.path ?? null,
    source: query.source ?? null,
    actorId: query.actor_id ?? null,
    idempotencyKey: query.idempotency_key ?? null,
    messageId: message_id ?? null,
    since: greatest(from && uuid7Floor(Date.parse(from)), made && uuid7Floor(made - APART_MS)),
    before: least(cursor, to && uuid7Floor(Date.parse(to)), made && uuid7Floor(made + APART_MS)),
  }
}

function statusOf(status: string | undefined): readonly [number, number] | null {
  if (status === undefined) return null
  if (status === 'failed') return [400, 599]
  const hundred = Number(status[0]) * 100
  return status.endsWith('xx') ? [hundred, hundred + 99] : [Number(status), Number(status)]
}

type Maybe = string | number | null | undefined
const given = (ids: readonly Maybe[]) =>
  ids.filter((id): id is string => typeof id === 'string' && id !== '').sort()
const least = (...ids: readonly Maybe[]) => given(ids)[0] ?? null
const greatest = (...ids: readonly Maybe[]) => given(ids).at(-1) ?? null
