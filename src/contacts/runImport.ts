/**
 * The work of an import: rows in chunks, each chunk and the position after it in one
 * transaction. A killed process costs the chunk it was in, and whoever goes on begins
 * where the last one was committed. Two at once harm nothing: the position lets one pass.
 */
import { type Db, inWorkspace, type Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { type CsvRow, readCsv } from '../lib/csv.ts'
import type { ImportRow, RowFailure } from './imports.schema.ts'
import { addResults, findContent, findImport, finishImport, markPosition } from './imports.store.ts'
import { type Columns, readHeader, readRow } from './readRow.ts'
import { readDefaultCountry } from './store.ts'
import { type Upsert, type Upserted, upsertContacts } from './upsert.ts'

export const IMPORT_JOB = 'contacts.import'

const CHUNK = 500 // rows per transaction
const BUDGET_MS = 15_000 // of one job; the next one goes on
const KEPT_FAILURES = 1_000

interface Run {
  readonly db: Db
  readonly workspaceId: string
  readonly id: string
  readonly country: string | null
  readonly columns: Columns
}

/** Goes on with an import until it is done or the time is up, and then enqueues the rest. */
export async function runImport(
  db: Db,
  { workspaceId, id }: { workspaceId: string; id: string },
  signal: AbortSignal,
): Promise<void> {
  const loaded = await inWorkspace(db, workspaceId, async (tx) => ({
    row: await findImport(tx, workspaceId, id),
    content: await findContent(tx, workspaceId, id),
    country: await readDefaultCountry(tx, workspaceId),
  }))
  if (!loaded.row || !loaded.content) return
  try {
    const outcome = await takeRows(
      db,
      { ...loaded, workspaceId, id, row: loaded.row, content: loaded.content },
      signal,
    )
    if (outcome === 'done') await finish(db, workspaceId, id, null)
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error
    await finish(db, workspaceId, id, error.message)
  }
}

interface Loaded {
  readonly workspaceId: string
  readonly id: string
  readonly row: ImportRow
  readonly content: Buffer
  readonly country: string | null
}

async function takeRows(db: Db, loaded: Loaded, signal: AbortSignal): Promise<'done' | 'later'> {
  const { workspaceId, id, row, country } = loaded
  const until = performance.now() + BUDGET_MS
  const rows = readCsv(bytes(loaded.content))
  const header = await rows.next()
  if (header.done) throw new AppError('invalid_input', 'The file is empty.')
  if (!header.value.ok)
    throw new AppError('invalid_input', `The first row is unreadable: ${header.value.fault}`)
  const columns = readHeader(header.value.cells, row.settings)
  const run = { db, workspaceId, id, columns, country: row.settings.default_country ?? country }
  let at = 0
  let chunk: CsvRow[] = []
  for await (const each of rows) {
    at++
    if (at <= row.position) continue
    chunk.push(each)
    if (chunk.length < CHUNK) continue
    const rest = signal.aborted || performance.now() > until
    if (!(await takeChunk(run, chunk, { to: at, rest }))) return 'later'
    chunk = []
    if (rest) return 'later'
  }
  if (chunk.length > 0 && !(await takeChunk(run, chunk, { to: at, rest: false }))) return 'later'
  return 'done'
}

async function* bytes(content: Buffer) {
  yield content
}

/**
 * False when another worker has taken these rows and goes on. One who is only at them may die, so this
 * job fails then and is tried again. `rest`: a job is to go on after these rows.
 */
async function takeChunk(
  { db, workspaceId, id, columns, country }: Run,
  chunk: readonly CsvRow[],
  { to, rest }: { to: number; rest: boolean },
): Promise<boolean> {
  return inWorkspace(db, workspaceId, async (tx) => {
    const answer = await markPosition(tx, workspaceId, id, { from: to - chunk.length, to })
    if (answer === 'busy') throw new AppError('unavailable', 'Another worker is at this import.')
    if (answer === 'past') return false
    const failures: RowFailure[] = []
    const good: { row: number; upsert: Upsert }[] = []
    for (const each of chunk) {
      const read = each.ok
        ? readRow(each.cells, columns, country)
        : { ok: false as const, column: '', reason: each.fault }
      if (read.ok) good.push({ row: each.row, upsert: read.upsert })
      else failures.push({ row: each.row, column: read.column, reason: read.reason })
    }
    const answers = await upsertAll(
      tx,
      workspaceId,
      good.map((each) => each.upsert),
      db.clock.now(),
    )
    for (const [index, answer] of answers.entries()) {
      if (!answer.ok) failures.push({ row: good[index]!.row, column: '', reason: answer.fault })
    }
    const created = answers.filter((answer) => answer.ok && answer.created).length
    const updated = answers.filter((answer) => answer.ok).length - created
    failures.sort((a, b) => a.row - b.row)
    await addResults(tx, workspaceId, id, { created, updated, failures, keep: KEPT_FAILURES })
    if (rest) await enqueue(tx, IMPORT_JOB, { workspace_id: workspaceId, import_id: id })
    return true
  })
}

/** When the database refuses the values of a chunk, its rows go one by one, so that only the bad one fails. */
async function upsertAll(
  sql: Sql,
  workspaceId: string,
  upserts: readonly Upsert[],
  now: Date,
): Promise<Upserted[]> {
  try {
    return await savepoint(sql, (inner) => upsertContacts(inner, workspaceId, upserts, now))
  } catch (error) {
    if (!isRefused(error)) throw error
    if (upserts.length === 1) return [{ ok: false, fault: 'The database refuses these values.' }]
  }
  const answers: Upserted[] = []
  for (const each of upserts) answers.push(...(await upsertAll(sql, workspaceId, [each], now)))
  return answers
}

function savepoint<T>(sql: Sql, work: (inner: Sql) => Promise<T>): Promise<T> {
  if (!('savepoint' in sql)) return work(sql)
  return sql.savepoint((inner) => work(inner)) as Promise<T> // the driver unwraps arrays of promises; ours is none
}

/** SQLSTATE classes 22 (data) and 23 (constraint); anything else is not the row's fault. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code))
}

function finish(db: Db, workspaceId: string, id: string, error: string | null): Promise<void> {
  return inWorkspace(db, workspaceId, (tx) =>
    finishImport(tx, workspaceId, id, error, db.clock.now()),
  )
}
