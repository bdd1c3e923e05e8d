/** `beckon export`: rows to stdout, page by page, so that a million of them hold no memory. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { suppressionView } from '../consent/schema.ts'
import { listSuppressions } from '../consent/store.ts'
import { exportCsv } from '../contacts/exportCsv.ts'
import { contactView } from '../contacts/schema.ts'
import { listContacts } from '../contacts/store.ts'
import { type Db, inWorkspace } from '../db/db.ts'
import { csvLine } from '../lib/csv.ts'
import { listMessages, type MessageRow } from '../messages/store/read.ts'
import { summaryOf } from '../messages/view.ts'
import { audit, system } from '../workspaces/audit/audit.ts'
import type { Exportable } from './exportable.ts'
import type { Tool } from './tool.ts'

const PAGE = 500
type Row = Readonly<Record<string, unknown>>

export async function exportRows(
  tool: Tool,
  what: Exportable,
  options: { format: 'csv' | 'json'; workspace?: string },
): Promise<void> {
  const { id } = await tool.workspace(options.workspace)
  if (what === 'contacts') await tellExported(tool.db, id)
  const pieces =
    options.format === 'json'
      ? asJson(pages[what](tool.db, id))
      : what === 'contacts'
        ? exportCsv(tool.db, id, {}) // as the API, with a column for each trait
        : asCsv(pages[what](tool.db, id))
  await pipeline(Readable.from(pieces), process.stdout, { end: false }).catch((error: unknown) => {
    // Whoever reads has seen enough, such as `head`.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  })
}

/** As the API's export does. */
async function tellExported(db: Db, id: string) {
  const entry = { actor: system, at: db.clock.now(), details: { filtered: false } }
  await inWorkspace(db, id, (tx) => audit(tx, id, { ...entry, action: 'contact.list_exported' }))
}

const pages: Readonly<
  Record<Exportable, (db: Db, workspaceId: string) => AsyncGenerator<readonly Row[]>>
> = { contacts: contactPages, messages: messagePages, suppressions: suppressionPages }

async function* contactPages(db: Db, id: string) {
  for (let after: string | undefined; ; ) {
    const page = { after, limit: PAGE }
    const rows = await inWorkspace(db, id, (tx) => listContacts(tx, id, page))
    const shown = rows.slice(0, PAGE)
    yield shown.map(contactView)
    if (rows.length <= PAGE) return
    after = shown.at(-1)?.id
  }
}

async function* messagePages(db: Db, id: string) {
  const everything = {
    ...{ status: null, channel: null, recipientId: null, topic: null, priority: null },
    ...{ from: null, to: null, text: null, limit: PAGE },
  }
  for (let before: string | null = null; ; ) {
    const filter = { ...everything, before }
    const rows: MessageRow[] = await inWorkspace(db, id, (tx) => listMessages(tx, id, filter))
    yield rows.map(summaryOf)
    if (rows.length < PAGE) return
    before = rows.at(-1)?.id ?? null
  }
}

async function* suppressionPages(db: Db, id: string) {
  const now = db.clock.now()
  for (let after: string | undefined; ; ) {
    const filter = { after, limit: PAGE }
    const rows = await inWorkspace(db, id, (tx) => listSuppressions(tx, id, filter, now))
    const shown = rows.slice(0, PAGE)
    yield shown.map(suppressionView)
    const last = shown.at(-1)
    if (rows.length <= PAGE || !last) return
    after = `${last.createdAt.toISOString()} ${last.addressHash}`
  }
}

async function* asJson(rowPages: AsyncGenerator<readonly Row[]>) {
  let before = '[\n'
  for await (const rows of rowPages) {
    for (const row of rows) {
      yield `${before}${JSON.stringify(row)}`
      before = ',\n'
    }
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

/** The first row names the columns: rows of one kind have the same fields. */
async function* asCsv(rowPages: AsyncGenerator<readonly Row[]>) {
  let headed = false
  for await (const rows of rowPages) {
    const [first] = rows
    if (first && !headed) yield csvLine(Object.keys(first))
    headed ||= first !== undefined
    yield rows.map((row) => csvLine(Object.values(row).map(cellText))).join('')
  }
}

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
