/** The commands that bring rows in and out. */
import { type Command, Option } from 'commander'
import { type Exportable, exportable } from '../exportable.ts'
import type { SqlOptions } from '../sql.ts'
import { type In, type Use, WORKSPACE } from './use.ts'

export function addRows(program: Command, use: Use): void {
  const imports = program.command('import').description('bring rows in')
  imports
    .command('contacts <file>')
    .description('a CSV file with a header row, at most 100 MB')
    .option('--country <code>', 'of phone numbers written without one')
    .option(...WORKSPACE)
    .action((file: string, options: In & { country?: string }) =>
      use(async (tool) =>
        (await import('../importContacts.ts')).importContacts(tool, file, options),
      ),
    )
  imports
    .command('legacy [files...]')
    .description(
      'email_opens.db and leads.db of the services that Beckon replaces, as already done',
    )
    .option(...WORKSPACE)
    .action((files: string[], options: In) =>
      use(async (tool) => (await import('../importLegacy.ts')).importLegacy(tool, files, options)),
    )
  const rows = program.command('export').description('rows to stdout')
  const format = () => new Option('--format <format>').choices(['csv', 'json']).default('csv')
  for (const what of exportable) addExport(rows, what, format(), use)
  program
    .command('sql <query>')
    .description('ask the database; nothing can be changed')
    .option('--limit <rows>', 'at most so many', '1000')
    .option('--csv', 'as CSV')
    .option('--all-workspaces', 'rows of all workspaces')
    .option(...WORKSPACE)
    .action((query: string, options: SqlOptions) =>
      use(async (tool) => (await import('../sql.ts')).runSql(tool, query, options)),
    )
}

function addExport(rows: Command, what: Exportable, format: Option, use: Use): void {
  rows
    .command(what)
    .description(`all ${what} of a workspace`)
    .addOption(format)
    .option(...WORKSPACE)
    .action((options: In & { format: 'csv' | 'json' }) =>
      use(async (tool) => (await import('../exportRows.ts')).exportRows(tool, what, options)),
    )
}
