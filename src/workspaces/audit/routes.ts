/** GET /audit */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pagedList, pageOf } from '../../lib/paging.ts'
import { AuditEntryView, AuditQuery, AuditVerdict } from './schema.ts'
import { SPAN, searchEntries } from './search.ts'
import type { AuditRow } from './store.ts'
import { verifyAudit } from './verifyAudit.ts'

const SEQ = /^\d{1,15}$/
const list = pagedList('audit', SEQ)

export const auditRoutes: FastifyPluginAsyncZod = async (server) => {
  server.get(
    '/audit',
    {
      config: { scope: 'audit:read' },
      schema: {
        tags: ['Audit'],
        summary: 'What was done in the workspace, newest first',
        description: `A rare match is looked for among ${SPAN} entries at a time: a page may hold fewer than \`limit\`, even none, and say \`has_more\`.`,
        querystring: AuditQuery,
        response: { 200: pageOf(AuditEntryView) },
      },
    },
    async (request) => {
      const { limit, cursor, from, to, request_id: requestId, ...rest } = request.query
      const filter = {
        ...{ ...rest, requestId, limit: limit + 1 },
        ...{ from: dateOf(from), to: dateOf(to) },
      }
      const key = list.read(cursor)
      const before = key === undefined ? undefined : Number(key)
      const { rows, stoppedAt } = await request.read((tx, workspaceId) =>
        searchEntries(tx, workspaceId, { ...filter, before }),
      )
      const found = list.page(rows, limit, (row) => String(row.seq), view)
      return stoppedAt === null || found.has_more
        ? found
        : { ...found, has_more: true, next_cursor: list.cursorOf(String(stoppedAt)) }
    },
  )

  server.get(
    '/audit/verification',
    {
      config: { scope: 'audit:read' },
      schema: {
        tags: ['Audit'],
        summary: 'Checks the chain of the audit log',
        querystring: z.strictObject({
          anchor: z
            .string()
            .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'an anchor as the log has it: 17:0123…')
            .optional()
            .meta({
              description: 'From the line `audit head` of an earlier log: shows a cut tail.',
            }),
        }),
        response: { 200: AuditVerdict },
      },
    },
    async (request) => {
      const none = { entries: null, head: null, seq: null, fault: null }
      const [seq, hash] = request.query.anchor?.split(':') ?? []
      const anchor = seq && hash ? { seq: Number(seq), hash } : undefined
      const verdict = await request.read((tx, workspaceId) => verifyAudit(tx, workspaceId, anchor))
      return { ...none, ...verdict }
    },
  )
}

const dateOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text))

function view(row: AuditRow): z.infer<typeof AuditEntryView> {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    actor_kind: row.actorKind,
    actor_id: row.actorId,
    action: row.action,
    target: row.target,
    details: row.details as Record<string, unknown>, // audit() writes objects only
    ip: row.ip,
    request_id: row.requestId,
    hash: row.hash,
  }
}
