/** CSV in and out. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db, Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { checkCsv, csvLine } from '../lib/csv.ts'
import { csvFile, filesOf } from '../lib/described.ts'
import { pagedList, pageOf, pageQuery } from '../lib/paging.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { actorOf, audit } from '../workspaces/audit/audit.ts'
import { exportCsv } from './exportCsv.ts'
import {
  columnMapping,
  type ImportRow,
  importQuery,
  importView,
  viewImport,
} from './imports.schema.ts'
import { findImport, insertImport, listImports } from './imports.store.ts'
import { IMPORT_JOB } from './runImport.ts'

const list = pagedList('imports')

const tags = ['contacts']
const params = z.object({ id: z.uuid() })
const reading = { scope: 'contacts:read' } as const
const writing = { scope: 'contacts:write' } as const
const MAX_FILE = 10 * 1024 * 1024 // bytes
const CSV = 'text/csv; charset=utf-8'
const FILES = ['text/csv', 'text/plain', 'text/tab-separated-values', 'application/octet-stream']

/** A file as a body. Its JSON, which Idempotency-Key compares, is its hash. */
class File {
  readonly content: Buffer
  constructor(content: Buffer) {
    this.content = content
  }
  toJSON(): string {
    return createHash('sha256').update(this.content).digest('hex')
  }
}

export const importRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  server.addContentTypeParser(
    FILES,
    { parseAs: 'buffer', bodyLimit: MAX_FILE },
    (_request, body, done) => done(null, new File(Buffer.from(body))),
  )

  server.post(
    '/contacts/imports',
    {
      config: { ...writing, takes: filesOf(...FILES) },
      bodyLimit: MAX_FILE,
      schema: {
        tags,
        summary:
          'Import contacts from a CSV file of at most 10 MB, UTF-8 or UTF-16, sent as text/csv',
        querystring: importQuery,
        response: { 202: importView },
      },
    },
    async (request, reply) => {
      const { body } = request
      if (!(body instanceof File))
        throw new AppError('unsupported_media_type', 'Send the file as text/csv.')
      if (body.content.length === 0) throw new AppError('malformed', 'The file is empty.')
      await checkCsv(body.content)
      const settings = readSettings(request.query)
      return reply.answer(202, async (tx, workspaceId) => {
        const id = uuid7()
        const now = db.clock.now()
        await insertImport(tx, workspaceId, { id, settings, content: body.content }, now)
        await enqueue(tx, IMPORT_JOB, { workspace_id: workspaceId, import_id: id })
        const view = viewImport(await getImport(tx, workspaceId, id))
        const actor = actorOf(request)
        await audit(tx, workspaceId, { actor, at: now, action: 'import.started', target: id })
        return view
      })
    },
  )

  server.get(
    '/contacts/imports',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List imports, newest first',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(importView) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const after = list.read(cursor)
      const rows = await request.read((tx, workspaceId) =>
        listImports(tx, workspaceId, { after, limit }),
      )
      return list.page(rows, limit, (row) => row.id, viewImport)
    },
  )

  server.get(
    '/contacts/imports/:id',
    {
      config: reading,
      schema: { tags, summary: 'How far an import is', params, response: { 200: importView } },
    },
    async (request) =>
      viewImport(
        await request.read((tx, workspaceId) => getImport(tx, workspaceId, request.params.id)),
      ),
  )

  server.get(
    '/contacts/imports/:id/failures.csv',
    {
      config: { ...reading, answers: { 200: csvFile('row, column, reason.') } },
      schema: { tags, summary: 'The rows that failed, the first 1,000', params },
    },
    async (request, reply) => {
      const { failures } = await request.read((tx, workspaceId) =>
        getImport(tx, workspaceId, request.params.id),
      )
      const lines = failures.map((each) => csvLine([String(each.row), each.column, each.reason]))
      return asCsv(reply, 'failures.csv').send(
        csvLine(['row', 'column', 'reason']) + lines.join(''),
      )
    },
  )

  const querystring = z.strictObject({
    q: z.string().min(1).max(200).optional(),
    tag: z.string().max(100).optional(),
  })
  server.get(
    '/contacts/export.csv',
    {
      config: { ...reading, answers: { 200: csvFile('A row for each contact.') } },
      schema: { tags, summary: 'All contacts as CSV', querystring },
    },
    async (request, reply) => {
      const { q, tag } = request.query
      const details = { filtered: q !== undefined || tag !== undefined } // not by what: it may be a name
      const entry = { actor: actorOf(request), at: db.clock.now(), details }
      await request.read((tx, workspaceId) =>
        audit(tx, workspaceId, { ...entry, action: 'contact.list_exported' }),
      )
      const pieces = exportCsv(db, request.auth.workspaceId, request.query)
      return asCsv(reply, 'contacts.csv').send(Readable.from(pieces))
    },
  )
}

function asCsv<R extends { header(name: string, value: string): R }>(
  reply: R,
  filename: string,
): R {
  return reply
    .header('content-type', CSV)
    .header('content-disposition', `attachment; filename="${filename}"`)
}

function readSettings({ mapping, default_country: country }: z.infer<typeof importQuery>) {
  return {
    columns: mapping === undefined ? {} : readMapping(mapping),
    default_country: country ?? null,
  }
}

function readMapping(text: string) {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw invalid('/mapping', 'This is not JSON, such as {"Column header": "email"}.')
  }
  const parsed = columnMapping.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalid(['/mapping', ...(issue?.path ?? [])].join('/'), issue?.message ?? 'is not valid')
}

async function getImport(sql: Sql, workspaceId: string, id: string): Promise<ImportRow> {
  const found = await findImport(sql, workspaceId, id)
  if (!found) throw new AppError('not_found', 'There is no such import.')
  return found
}
