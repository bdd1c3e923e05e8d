/**
 * `beckon import legacy`: what the services that Beckon replaces have done already. Their SQLite
 * files are opened for reading only and known by their tables, as documents 000 and 002 print them.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { importOpens, type ToldOpen } from '../analytics/opens/importLog.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { importLeads, type Lead } from '../journeys/importLeads.ts'
import { toE164 } from '../lib/phone.ts'
import { storableText } from '../lib/storable.ts'
import type { Tool } from './tool.ts'

const legacyNames = ['email_opens.db', 'leads.db'] as const
const AT_ONCE = 500 // rows of one transaction
const MAX_FAULTS = 20 // told one by one
const MAX_COUNT = 2_147_483_647 // PostgreSQL's integer

type SqliteRow = Readonly<Record<string, unknown>>
interface Taken {
  readonly file: string
  readonly table: string
  rows: number
  fresh: number
  readonly faults: string[]
}

/** Those that lie where the data is. */
export const legacyFilesIn = (dataDir: string): string[] =>
  legacyNames.map((name) => join(dataDir, name)).filter((path) => existsSync(path))

export async function importLegacy(
  tool: Tool,
  paths: readonly string[],
  options: { workspace?: string },
): Promise<void> {
  const files = paths.length > 0 ? paths : legacyFilesIn(tool.config.DATA_DIR)
  if (files.length === 0) {
    const names = legacyNames.join(' or ')
    throw invalid('/file', `There is no ${names} in ${tool.config.DATA_DIR}. Name the file.`)
  }
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const taken: Taken[] = []
  for (const file of files) taken.push(await importFile(tool, workspaceId, file))
  tool.out.result(
    taken.map(({ faults, ...rest }) => ({
      ...rest,
      failed: faults.length,
      faults: faults.slice(0, MAX_FAULTS),
    })),
    () => taken.map(summary).join('\n'),
  )
}

async function importFile({ db }: Tool, workspaceId: string, file: string): Promise<Taken> {
  if (!existsSync(file)) throw invalid('/file', `${file} is not there.`)
  const { DatabaseSync } = await import('node:sqlite') // it warns that it is young; only who asks for it need hear that
  const sqlite = new DatabaseSync(file, { readOnly: true })
  try {
    const table = tableIn(sqlite.prepare('select name from sqlite_schema').all(), file)
    const taken: Taken = { file, table, rows: 0, fresh: 0, faults: [] }
    let part: SqliteRow[] = []
    const write = async () => {
      const now = db.clock.now()
      const some = part
      part = []
      taken.fresh += await inWorkspace(db, workspaceId, (tx) =>
        table === 'leads'
          ? importLeads(tx, workspaceId, read(some, leadOf, taken), now)
          : importOpens(tx, workspaceId, read(some, openOf, taken)),
      )
    }
    const order = table === 'leads' ? "is_done in (1, 'true'), id" : 'id' // who still waits comes first: see importLeads
    for (const row of sqlite.prepare(`select * from ${table} order by ${order}`).iterate()) {
      taken.rows++
      part.push(row)
      if (part.length === AT_ONCE) await write()
    }
    if (part.length > 0) await write()
    return taken
  } catch (error) {
    if (error instanceof AppError || !isSqlite(error)) throw error
    throw invalid('/file', `${file} cannot be read: ${error.message}.`)
  } finally {
    sqlite.close()
  }
}

const isSqlite = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'

function tableIn(rows: readonly SqliteRow[], file: string): 'leads' | 'notification_log' {
  const names = rows.map((row) => row['name'])
  if (names.includes('notification_log')) return 'notification_log'
  if (names.includes('leads')) return 'leads'
  throw invalid('/file', `${file} has neither a table notification_log nor a table leads.`)
}

function read<T>(rows: readonly SqliteRow[], readRow: (row: SqliteRow) => T, taken: Taken): T[] {
  return rows.flatMap((row) => {
    try {
      return [readRow(row)]
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      taken.faults.push(`row ${String(row['id'])}: ${words}`)
      return []
    }
  })
}

function openOf(row: SqliteRow): ToldOpen {
  const count = Number(row['opens_count'] ?? 1)
  return {
    ...{ emailId: needed(row, 'email_id'), openedAt: neededTime(row, 'opened_at') },
    ...{ leadId: textOf(row['lead_id']), leadName: textOf(row['lead_name']) },
    ...{ subject: textOf(row['subject']), recipient: textOf(row['recipient']) },
    opensCount: Number.isInteger(count) ? Math.min(Math.max(count, 1), MAX_COUNT) : 1,
    notifiedAt: timeOf(row['notified_at']),
  }
}

function leadOf(row: SqliteRow): Lead {
  const phone = toE164(textOf(row['phone_number']) ?? '', 'IL') // the country of document 002
  return {
    ...{ itemId: needed(row, 'monday_item_id'), createdAt: neededTime(row, 'created_at') },
    ...{ name: textOf(row['lead_name']), status: textOf(row['status']) },
    phone: phone.ok ? phone.number : null,
    followupDueAt: timeOf(row['followup_due_at']),
    isDone: row['is_done'] === 1 || row['is_done'] === 'true',
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? storableText(value.trim()) : null
}

/** As Python writes times: with a T or a blank, and in UTC where no zone is said. */
function timeOf(value: unknown): Date | null {
  const time = typeof value === 'number' ? ofNumber(value) : ofText(textOf(value))
  return time === null || Number.isNaN(+time) ? null : time
}

/** Seconds or milliseconds. */
const ofNumber = (value: number) => new Date(value < 1e11 ? value * 1000 : value)

function ofText(text: string | null): Date | null {
  if (text === null) return null
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`
  return new Date(zoned.replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1'))
}

function needed(row: SqliteRow, name: string): string {
  const text = textOf(row[name])
  if (text === null) throw new RangeError(`${name} is empty`)
  return text
}

function neededTime(row: SqliteRow, name: string): Date {
  const time = timeOf(row[name])
  if (time === null) throw new RangeError(`${name} is no time: ${JSON.stringify(row[name])}`)
  return time
}

function summary({ file, rows, fresh, faults }: Taken): string {
  const known = rows - fresh - faults.length
  const told = faults.slice(0, MAX_FAULTS).map((fault) => `  ${fault}`)
  return [
    `${file}: ${rows} rows, ${fresh} taken over, ${known} known, ${faults.length} not read.`,
    ...told,
  ].join('\n')
}
