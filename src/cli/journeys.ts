/** `beckon journey …`: journeys as files, so that they can be reviewed and kept beside other code. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectors } from '../connectors/registry.ts'
import { inWorkspace } from '../db/db.ts'
import { AppError, type FieldError } from '../errors.ts'
import { parse } from '../http/parse.ts'
import { changeJourney } from '../journeys/change.ts'
import { createJourney } from '../journeys/create.ts'
import { enableJourney } from '../journeys/enable.ts'
import { type CurrentJourney, getCurrentJourney } from '../journeys/find.ts'
import { JourneyDocument } from '../journeys/schema.ts'
import { findJourney, type JourneyRow, listJourneys } from '../journeys/store.ts'
import { surroundingsIn } from '../journeys/surroundings.ts'
import { faultsOf } from '../journeys/validate/validate.ts'
import { summaryOf } from '../journeys/view.ts'
import { system } from '../workspaces/audit/audit.ts'
import { table } from './output.ts'
import type { Tool } from './tool.ts'

const PAGE = 100

/** What these commands use of a tool. */
export interface JourneyTool {
  readonly db: Tool['db']
  readonly out: Pick<Tool['out'], 'result'>
  workspace(slug?: string): Promise<{ readonly id: string }>
}

interface In {
  readonly workspace?: string
}

interface Checked {
  readonly file: string
  readonly document: JourneyDocument | null
  readonly errors: readonly FieldError[]
}

export async function validateJourneys(
  tool: JourneyTool,
  files: readonly string[],
  options: In,
): Promise<void> {
  const checked = await checkFiles(tool, files, options)
  const views = checked.map(({ file, errors }) => ({ file, valid: errors.length === 0, errors }))
  tool.out.result(views, () => checked.map(reportOf).join('\n'))
  if (checked.some(({ errors }) => errors.length > 0)) process.exitCode = 1
}

/** All files are checked before the first is written. */
export async function pushJourneys(
  tool: JourneyTool,
  files: readonly string[],
  options: In & { enable?: boolean },
): Promise<void> {
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const checked = await checkFiles(tool, files, options)
  const bad = checked.filter(({ errors }) => errors.length > 0)
  if (bad.length > 0) throw new AppError('invalid_input', bad.map(reportOf).join('\n'))
  const documents = checked.flatMap(({ document }) => document ?? [])
  const authorship = { actor: system, now: tool.db.clock.now() }
  const pushed = await inWorkspace(tool.db, workspaceId, async (tx) => {
    const rows: CurrentJourney[] = []
    for (const document of documents) {
      const known = await findJourney(tx, workspaceId, document.name)
      const current = known
        ? await changeJourney(tx, workspaceId, { ref: known.id, document }, authorship)
        : await createJourney(tx, workspaceId, document, authorship)
      const { id } = current.row
      rows.push(options.enable ? await enableJourney(tx, workspaceId, id, authorship) : current)
    }
    return rows
  })
  tool.out.result(
    pushed.map(({ row }) => summaryOf(row)),
    () => pushed.map(({ row }) => `${row.name}: version ${row.version}, ${row.status}`).join('\n'),
  )
}

/** Without a name all of them; without a folder to stdout. */
export async function pullJourneys(
  tool: JourneyTool,
  names: readonly string[],
  options: In & { folder?: string },
): Promise<void> {
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const wanted =
    names.length > 0 ? names : (await allJourneys(tool, workspaceId)).map(({ id }) => id)
  const documents: JourneyDocument[] = []
  for (const name of wanted) {
    const { version } = await inWorkspace(tool.db, workspaceId, (tx) =>
      getCurrentJourney(tx, workspaceId, name),
    )
    documents.push(version.definition)
  }
  const { folder } = options
  if (folder === undefined) {
    const shown = documents.length === 1 ? documents[0] : documents
    tool.out.result(shown, () => JSON.stringify(shown, null, 2))
    return
  }
  await mkdir(folder, { recursive: true })
  const files: string[] = []
  for (const document of documents) {
    const file = join(folder, `${document.name}.json`)
    await writeFile(file, `${JSON.stringify(document, null, 2)}\n`)
    files.push(file)
  }
  tool.out.result({ files }, () => files.join('\n') || 'There are no journeys.')
}

export async function showJourneys(tool: JourneyTool, options: In): Promise<void> {
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const rows = await allJourneys(tool, workspaceId)
  tool.out.result(rows.map(summaryOf), () =>
    table(
      ['name', 'status', 'version', 'from', 'title'],
      rows.map((row) => [
        ...[row.name, row.status, String(row.version)],
        ...[row.recipe ?? row.origin, row.title ?? ''],
      ]),
    ),
  )
}

async function allJourneys(tool: JourneyTool, workspaceId: string): Promise<readonly JourneyRow[]> {
  const rows: JourneyRow[] = []
  for (;;) {
    const filter = { status: null, before: rows.at(-1)?.id ?? null, limit: PAGE }
    const found = await inWorkspace(tool.db, workspaceId, (tx) =>
      listJourneys(tx, workspaceId, filter),
    )
    rows.push(...found)
    if (found.length < PAGE) return rows
  }
}

async function checkFiles(
  tool: JourneyTool,
  files: readonly string[],
  options: In,
): Promise<readonly Checked[]> {
  const { id: workspaceId } = await tool.workspace(options.workspace)
  const around = surroundingsIn(tool.db, connectors)(workspaceId)
  return Promise.all(
    files.map(async (file) => {
      try {
        const document = parse(JourneyDocument, JSON.parse(await readFile(file, 'utf8')))
        return { file, document, errors: await faultsOf(document, around) }
      } catch (error) {
        return { file, document: null, errors: faultsIn(file, error) }
      }
    }),
  )
}

function faultsIn(file: string, error: unknown): readonly FieldError[] {
  if (error instanceof AppError) return error.errors ?? [{ pointer: '', detail: error.message }]
  if (error instanceof SyntaxError) return [{ pointer: '', detail: `not JSON: ${error.message}` }]
  throw new AppError('not_found', `${file} cannot be read.`, { cause: error })
}

function reportOf({ file, errors }: Checked): string {
  if (errors.length === 0) return `${file}: fine`
  const lines = errors.map(({ pointer, detail }) => `  ${pointer || '/'}: ${detail}`)
  return [`${file}: ${errors.length} fault${errors.length === 1 ? '' : 's'}`, ...lines].join('\n')
}
