/** `beckon import contacts`: the API's import, run to its end in this process. */
import { readFile, stat } from 'node:fs/promises'
import { viewImport } from '../contacts/imports.schema.ts'
import { findImport, insertImport } from '../contacts/imports.store.ts'
import { contactJobs } from '../contacts/jobs.ts'
import { runImport } from '../contacts/runImport.ts'
import { country } from '../contacts/schema.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { parse } from '../http/parse.ts'
import { startJobs } from '../jobs/jobs.ts'
import { checkCsv } from '../lib/csv.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { audit, system } from '../workspaces/audit/audit.ts'
import { silent, type Tool } from './tool.ts'

const MAX_FILE = 100 * 1024 * 1024 // bytes; it is kept whole in the database until it is done
const PROGRESS_MS = 500

export async function importContacts(
  tool: Tool,
  path: string,
  options: { workspace?: string; country?: string },
): Promise<void> {
  const { db, out } = tool
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const content = await readCsvFile(path)
  await checkCsv(content)
  const settings = {
    columns: {},
    default_country: options.country === undefined ? null : parse(country, options.country),
  }
  // An import that takes long leaves a job for the rest; this makes its queue.
  const handlers = contactJobs(db)
  const jobs = await startJobs({ ownerAddress: tool.address, handlers, log: silent, work: false })
  const id = uuid7()
  const look = async () => {
    const row = await inWorkspace(db, workspaceId, (tx) => findImport(tx, workspaceId, id))
    if (!row) throw new AppError('not_found', 'The import is gone.')
    return row
  }
  const timer = setInterval(() => {
    look().then(
      (row) => out.progress(`${row.position} rows`),
      () => {}, // the next look may succeed, and the end is looked at below
    )
  }, PROGRESS_MS)
  try {
    await inWorkspace(db, workspaceId, async (tx) => {
      const now = db.clock.now()
      await insertImport(tx, workspaceId, { id, settings, content }, now)
      const by = { actor: system, at: now }
      await audit(tx, workspaceId, { ...by, action: 'import.started', target: id })
    })
    let row = await look()
    while (row.status === 'queued' || row.status === 'running') {
      await runImport(db, { workspaceId, id }, new AbortController().signal)
      row = await look()
    }
    if (row.status === 'failed') throw new AppError('invalid_input', row.error ?? undefined)
    const view = viewImport(row)
    out.result(view, () => summary(view))
  } finally {
    clearInterval(timer)
    await jobs.stop()
  }
}

function summary(view: ReturnType<typeof viewImport>): string {
  const faults = view.failures.map(
    ({ row, column, reason }) => `  row ${row}${column ? `, ${column}` : ''}: ${reason}`,
  )
  return [
    `${view.rows} rows: ${view.created} created, ${view.updated} updated, ${view.failed} failed.`,
    ...faults,
  ].join('\n')
}

async function readCsvFile(path: string): Promise<Buffer> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw invalid('/file', `${path} is not a file.`)
  if (found.size === 0) throw invalid('/file', `${path} is empty.`)
  if (found.size > MAX_FILE)
    throw invalid(
      '/file',
      `${path} is larger than 100 MB. Split it; each part needs the header row.`,
    )
  return readFile(path)
}
