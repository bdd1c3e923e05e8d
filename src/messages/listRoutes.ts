/** GET /notifications, and the same list as a file. */
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { Db } from '../db/db.ts'
import { csvFile } from '../lib/described.ts'
import { pagedList, pageOf } from '../lib/paging.ts'
import { findAbout } from './about.ts'
import { exportMessages } from './exportMessages.ts'
import { ListedMessage, ListQuery } from './schema.ts'
import { type Search, searchMessages } from './search.ts'
import { priorityNumber } from './store/accept.ts'
import type { MessageRow } from './store/read.ts'
import { summaryOf } from './view.ts'

const list = pagedList('messages')

const tags = ['Messages']
const config = { scope: 'messages:read' } as const
const FilterQuery = ListQuery.omit({ limit: true, cursor: true })

export const listRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/notifications',
      {
        config,
        schema: {
          tags,
          summary: 'List messages, newest first',
          description:
            'A rare match is looked for among 50,000 messages at a time: a page may hold fewer than `limit`, even none, and say `has_more`.',
          querystring: ListQuery,
          response: { 200: pageOf(ListedMessage) },
        },
      },
      async (request) => {
        const { limit, cursor, ...query } = request.query
        const filter = {
          ...filterOf(query),
          ...{ before: list.read(cursor) ?? null, limit: limit + 1 },
        }
        const { rows, stoppedAt, about } = await request.read(async (tx, workspaceId) => {
          const search = await searchMessages(tx, workspaceId, filter)
          return { ...search, about: await findAbout(tx, workspaceId, search.rows) }
        })
        const view = (row: MessageRow) => ({
          ...summaryOf(row),
          about: about.get(row.id) || null,
        })
        const found = list.page(rows, limit, (row) => row.id, view)
        return stoppedAt === null || found.has_more
          ? found
          : { ...found, has_more: true, next_cursor: list.cursorOf(stoppedAt) }
      },
    )

    app.get(
      '/notifications/export.csv',
      {
        config: { ...config, answers: { 200: csvFile('A row for each message.') } },
        exposeHeadRoute: false, // it would read every message, for nobody
        schema: { tags, summary: 'The messages of a list as CSV', querystring: FilterQuery },
      },
      async (request, reply) =>
        reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="messages.csv"')
          .send(
            Readable.from(exportMessages(db, request.auth.workspaceId, filterOf(request.query))),
          ),
    )
  }

function filterOf(query: z.infer<typeof FilterQuery>): Omit<Search, 'before' | 'limit'> {
  return {
    status: query.status ?? null,
    channel: query.channel ?? null,
    recipientId: query.recipient_id ?? null,
    senderId: query.sender_id ?? null,
    provider: query.provider ?? null,
    topic: query.category ?? null,
    priority: query.priority === undefined ? null : priorityNumber[query.priority],
    from: query.from === undefined ? null : new Date(query.from),
    to: query.to === undefined ? null : new Date(query.to),
    text: query.q ?? null,
    subject: query.subject ?? null,
  }
}
