/**
 * Messages of a list as CSV, in pieces, newest first, each page in a transaction of its own: a million of
 * them hold neither memory nor a snapshot. What comes in meanwhile is not among them.
 */
import { type Db, inWorkspace } from '../db/db.ts'
import { csvLine } from '../lib/csv.ts'
import { type Search, searchMessages } from './search.ts'
import type { MessageRow } from './store/read.ts'
import { summaryOf } from './view.ts'

const PAGE = 500 // messages

const columns = [
  'id',
  'created_at',
  'sent_at',
  'status',
  'reason',
  'detail',
  'channel',
  'to',
  'recipient_id',
  'category',
  'priority',
  'sender_id',
  'template_id',
  'template_version',
  'attempts',
] as const

export async function* exportMessages(
  db: Db,
  workspaceId: string,
  filter: Omit<Search, 'before' | 'limit'>,
): AsyncGenerator<string> {
  yield csvLine([...columns])
  let before: string | null = null
  for (;;) {
    const wanted: Search = { ...filter, before, limit: PAGE }
    const { rows, stoppedAt } = await inWorkspace(db, workspaceId, (tx) =>
      searchMessages(tx, workspaceId, wanted),
    )
    if (rows.length > 0) yield rows.map(lineOf).join('')
    before = rows.length < PAGE ? stoppedAt : (rows.at(-1)?.id ?? null)
    if (before === null) return
  }
}

function lineOf(row: MessageRow): string {
  const shown = { ...summaryOf(row), reason: row.reason }
  return csvLine(columns.map((name) => String(shown[name] ?? '')))
}
