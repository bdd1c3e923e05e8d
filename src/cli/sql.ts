/** `beckon sql`: one question to the database, which can change nothing (there need be no psql). */
import { invalid } from '../errors.ts'
import { csvLine } from '../lib/csv.ts'
import { cellText } from './exportRows.ts'
import { table } from './output.ts'
import { ask } from './sql.store.ts'
import type { Tool } from './tool.ts'

export interface SqlOptions {
  readonly workspace?: string
  readonly allWorkspaces?: boolean
  readonly limit: string
  readonly csv?: boolean
}

export async function runSql(tool: Tool, query: string, options: SqlOptions): Promise<void> {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1) throw invalid('/limit', 'a whole number from 1')
  const workspace = await tool.workspace(options.workspace)
  const scope = options.allWorkspaces ? null : workspace.id
  const rows = await ask(tool.address, { query, workspaceId: scope, limit: limit + 1 })
  const shown = rows.slice(0, limit)
  const columns = Object.keys(shown[0] ?? {})
  if (rows.length > limit) tool.out.note(`Only the first ${limit} rows; --limit asks for more.`)
  if (options.csv) {
    const lines = shown.map((row) => csvLine(columns.map((name) => cellText(row[name]))))
    process.stdout.write(csvLine(columns) + lines.join(''))
    return
  }
  tool.out.result(shown, () =>
    table(
      columns,
      shown.map((row) => columns.map((name) => cellText(row[name]))),
    ),
  )
}
