/** The tools of the command line: their names, options and help. What they do is in files of their own, read when they are asked for. */
import { type Command, Option } from 'commander'
import { AppError } from '../errors.ts'
import { addRooms } from './addRooms.ts'
import type { ApiOptions } from './api.ts'
import type { CallbackListOptions } from './callbacks.ts'
import type { Context } from './context.ts'
import { type Exportable, exportable } from './exportable.ts'
import type { NewKeyOptions } from './keys.ts'
import type { ListOptions, RedriveOptions } from './messages.ts'
import type { Flags } from './output.ts'
import type { PasswordFlags } from './prompt.ts'
import type { PullListOptions } from './pulls.ts'
import type { SendOptions } from './send.ts'
import type { SqlOptions } from './sql.ts'
import { type Tool, withTool } from './tool.ts'
import type { NewUser } from './users.ts'
import type { WorkspaceOptions } from './workspaces.ts'

interface In {
  readonly workspace?: string
}

const WORKSPACE = ['--workspace <slug>', 'another workspace than the default one'] as const

export function addCommands(program: Command, context: Context): void {
  const flags = () => program.opts<Flags>()
  const use = (work: (tool: Tool) => Promise<void>) => withTool(context, flags(), work)

  program
    .command('doctor')
    .description('say what is wrong and how to mend it; exit code 1 when something fails')
    .action(async () => (await import('./doctor/doctor.ts')).doctor(context, flags()))
  addPeople(program, use)
  addMessages(program, use)
  addJourneys(program, use)
  addConnectors(program, use)
  addIntake(program, use)
  addRows(program, use)
  addRooms(program, use)
  program
    .command('api <method> <path> [data]')
    .description('ask any route as the API does; data is JSON, @file or - for stdin')
    .option('--type <type>', 'of the data, when it is no JSON, such as text/csv')
    .option(...WORKSPACE)
    .action((method: string, path: string, data: string | undefined, options: ApiOptions) =>
      use(async (tool) => (await import('./api.ts')).askApi(tool, [method, path, data], options)),
    )
  program
    .command('demo')
    .description('fill a workspace of its own, demo, with 90 days of invented messages and answers')
    .option('--remove', 'remove that workspace and all in it')
    .action((options: { remove?: boolean }) =>
      use(async (tool) => {
        const { fillDemo, removeDemo } = await import('./demo/demo.ts')
        return options.remove ? removeDemo(tool) : fillDemo(tool)
      }),
    )
  program
    .command('backup <folder>')
    .description('copy the embedded database and its secrets into a new folder, also while it runs')
    .action(async (folder: string) =>
      (await import('./backup.ts')).backup(context, flags(), folder),
    )
  program
    .command('restore <folder>')
    .description('put a backup in the place of the data; what was due then is held, not sent again')
    .option('--yes', 'really do it')
    .action(async (folder: string, options: { yes?: boolean }) =>
      (await import('./backup.ts')).restore(context, flags(), folder, options),
    )
  program
    .command('db')
    .description('the database itself')
    .command('distribute')
    .description('on Citus, right after migrate: place the rows of each workspace together')
    .option('--print', 'only show the statements')
    .action(async (options: { print?: boolean }) =>
      (await import('./distribute.ts')).distributeDatabase(context, flags(), options),
    )
  program
    .command('hold-restored')
    .description(
      'after pg_restore and before a start: hold what is due, so that nothing is sent twice',
    )
    .option('--yes', 'really do it')
    .action(async (options: { yes?: boolean }) =>
      (await import('./backup.ts')).holdAfterRestore(context, flags(), options),
    )
  program
    .command('config')
    .description('the settings')
    .command('print')
    .description('print them as they are understood, secrets hidden')
    .action(async () => (await import('./configPrint.ts')).printConfig(context, flags()))
}

type Use = (work: (tool: Tool) => Promise<void>) => Promise<void>

function addPeople(program: Command, use: Use): void {
  const user = program.command('user').description('people who sign in')
  user
    .command('create')
    .description('make a member; the first one is the owner')
    .requiredOption('--email <email>')
    .option('--role <role>', 'owner, admin, editor, viewer or client')
    .option('--name <name>', 'full name')
    .option('--password <password>', 'seen by other users of this machine; better by stdin')
    .option('--password-stdin', 'read the password from stdin')
    .option(...WORKSPACE)
    .action((options: NewUser) =>
      use(async (tool) => (await import('./users.ts')).createUser(tool, options)),
    )
  user
    .command('list')
    .description('the members of a workspace')
    .option(...WORKSPACE)
    .action((options: In) =>
      use(async (tool) => (await import('./users.ts')).listUsers(tool, options)),
    )
  user
    .command('password')
    .description('set a new password and end all sessions')
    .requiredOption('--email <email>')
    .option('--password <password>', 'seen by other users of this machine; better by stdin')
    .option('--password-stdin', 'read the password from stdin')
    .action((options: PasswordFlags & { email: string }) =>
      use(async (tool) => (await import('./users.ts')).changeUserPassword(tool, options)),
    )

  const workspace = program.command('workspace').description('workspaces own everything')
  workspace
    .command('create <slug>')
    .description('make a workspace with sandboxes; prints its first API key')
    .option('--name <name>')
    .option('--time-zone <zone>', 'such as Europe/Berlin')
    .option('--locale <locale>', 'such as en or he-IL')
    .option('--country <code>', 'of phone numbers written without one, such as IL')
    .action((slug: string, options: WorkspaceOptions) =>
      use(async (tool) => (await import('./workspaces.ts')).makeWorkspace(tool, slug, options)),
    )
  workspace
    .command('list')
    .description('all workspaces')
    .action(() => use(async (tool) => (await import('./workspaces.ts')).showWorkspaces(tool)))
  workspace
    .command('limit <slug> <rate>')
    .description('how many messages per second it may hand in: a number, or none')
    .action((slug: string, rate: string) =>
      use(async (tool) => (await import('./workspaces.ts')).limitWorkspace(tool, slug, rate)),
    )

  const key = program.command('key').description('API keys')
  key
    .command('create')
    .description('make an API key; it is printed once')
    .requiredOption('--name <name>')
    .option('--scopes <scopes>', 'comma-separated', 'all')
    .option('--expires <when>', 'a date, or days such as 90d; never when absent')
    .option(...WORKSPACE)
    .action((options: NewKeyOptions) =>
      use(async (tool) => (await import('./keys.ts')).makeKey(tool, options)),
    )
  key
    .command('list')
    .description('the API keys of a workspace')
    .option(...WORKSPACE)
    .action((options: In) =>
      use(async (tool) => (await import('./keys.ts')).showKeys(tool, options)),
    )
  key
    .command('revoke <id>')
    .description('end an API key')
    .action((id: string) => use(async (tool) => (await import('./keys.ts')).endKey(tool, id)))
}

const collect = (value: string, before: readonly string[] = []) => [...before, value]

function addMessages(program: Command, use: Use): void {
  program
    .command('send')
    .description('send one message')
    .option('--channel <channel>')
    .option('--to <address>')
    .option('--recipient <id>', 'your id of the contact')
    .option('--subject <text>')
    .option('--message <text>', '- reads it from stdin')
    .option('--html <text>')
    .option('--template <name>', 'name or id')
    .option('--var <name=value>', 'a variable of the template; may be repeated', collect)
    .option('--locale <locale>')
    .option('--category <topic>')
    .option('--priority <priority>', 'low, normal, high or urgent')
    .option('--at <date>', 'send it then, such as 2027-03-14T14:00:00Z')
    .option('--wait', 'wait up to 10 seconds for the provider; exit code 1 when it failed')
    .option(...WORKSPACE)
    .action((options: SendOptions) =>
      use(async (tool) => (await import('./send.ts')).sendMessage(tool, options)),
    )

  const messages = program.command('messages').description('look at messages')
  messages
    .command('list')
    .description('newest first')
    .option('--status <status>')
    .option('--channel <channel>')
    .option('--recipient <id>')
    .option('--limit <count>', 'at most 1000', '20')
    .option(...WORKSPACE)
    .action((options: ListOptions) =>
      use(async (tool) => (await import('./messages.ts')).showMessages(tool, options)),
    )
  messages
    .command('show <id>')
    .description('one message with its timeline')
    .option(...WORKSPACE)
    .action((id: string, options: In) =>
      use(async (tool) => (await import('./messages.ts')).showMessage(tool, id, options)),
    )
  messages
    .command('cancel <id>')
    .description('a message that was not sent yet')
    .option('--reason <text>')
    .option(...WORKSPACE)
    .action((id: string, options: In & { reason?: string }) =>
      use(async (tool) => (await import('./messages.ts')).cancelMessage(tool, id, options)),
    )
  program
    .command('redrive')
    .description('queue dead messages again, under their own ids')
    .option('--status <status>', 'failed, unknown, expired, or restored', 'failed')
    .option('--channel <channel>')
    .option('--error <code>')
    .option('--limit <count>', 'at most so many', '1000000')
    .option('--yes', 'needed where some may have arrived already')
    .option(...WORKSPACE)
    .action((options: RedriveOptions) =>
      use(async (tool) => (await import('./messages.ts')).redriveMessages(tool, options)),
    )
}

function addJourneys(program: Command, use: Use): void {
  const journey = program.command('journey').description('journeys as files')
  journey
    .command('validate <files...>')
    .description('say what is wrong with them; exit code 1 when something is')
    .option(...WORKSPACE)
    .action((files: string[], options: In) =>
      use(async (tool) => (await import('./journeys.ts')).validateJourneys(tool, files, options)),
    )
  journey
    .command('push <files...>')
    .description('make or change the journeys of these files; all are checked first')
    .option('--enable', 'let people enter them at once')
    .option(...WORKSPACE)
    .action((files: string[], options: In & { enable?: boolean }) =>
      use(async (tool) => (await import('./journeys.ts')).pushJourneys(tool, files, options)),
    )
  journey
    .command('pull [names...]')
    .description('the journeys in use as JSON; without names all of them')
    .option('--folder <folder>', 'one file each, instead of stdout')
    .option(...WORKSPACE)
    .action((names: string[], options: In & { folder?: string }) =>
      use(async (tool) => (await import('./journeys.ts')).pullJourneys(tool, names, options)),
    )
  journey
    .command('retry <name>')
    .description(
      'take up again every run that failed, where it stood; what was not sent is written anew',
    )
    .option(...WORKSPACE)
    .action((name: string, options: In) =>
      use(async (tool) => (await import('./retryRuns.ts')).retryRuns(tool, name, options)),
    )
  journey
    .command('list')
    .description('the journeys of a workspace')
    .option(...WORKSPACE)
    .action((options: In) =>
      use(async (tool) => (await import('./journeys.ts')).showJourneys(tool, options)),
    )
}

function addConnectors(program: Command, use: Use): void {
  program
    .command('connector <connector>')
    .description('connections to other systems, such as close')
    .argument('<what>', 'subscribe: have it call our webhook, and keep the key that it signs with')
    .option(...WORKSPACE)
    .action((connector: string, what: string, options: In) =>
      use(async (tool) =>
        (await import('./connectors.ts')).subscribeConnector(tool, { connector, what }, options),
      ),
    )
}

function addIntake(program: Command, use: Use): void {
  const callbacks = program.command('callbacks').description('what vendors told us')
  callbacks
    .command('list')
    .description('newest first')
    .option('--status <status>', 'received, processed or failed')
    .option('--limit <count>', 'at most 1000', '20')
    .option(...WORKSPACE)
    .action((options: CallbackListOptions) =>
      use(async (tool) => (await import('./callbacks.ts')).showCallbacks(tool, options)),
    )
  callbacks
    .command('process [id]')
    .description('try one again, or with --failed all that failed')
    .option('--failed', 'all that failed')
    .option(...WORKSPACE)
    .action((id: string | undefined, options: In & { failed?: boolean }) =>
      use(async (tool) => {
        const { processCallbacks } = await import('./callbacks.ts')
        if ((id === undefined) !== (options.failed ?? false))
          throw new AppError('invalid_input', 'Give the id of a callback, or --failed.')
        return processCallbacks(tool, id === undefined ? 'failed' : { id }, options)
      }),
    )
  const pulls = program.command('pulls').description('what connectors read')
  pulls
    .command('list')
    .description('newest first')
    .option('--status <status>', 'running, done, failed or abandoned')
    .option('--limit <count>', 'at most 1000', '20')
    .option(...WORKSPACE)
    .action((options: PullListOptions) =>
      use(async (tool) => (await import('./pulls.ts')).showPulls(tool, options)),
    )
  pulls
    .command('process <id>')
    .description('do again what a pull did not finish')
    .option(...WORKSPACE)
    .action((id: string, options: In) =>
      use(async (tool) => (await import('./pulls.ts')).processPull(tool, id, options)),
    )
}

function addRows(program: Command, use: Use): void {
  const imports = program.command('import').description('bring rows in')
  imports
    .command('contacts <file>')
    .description('a CSV file with a header row, at most 100 MB')
    .option('--country <code>', 'of phone numbers written without one')
    .option(...WORKSPACE)
    .action((file: string, options: In & { country?: string }) =>
      use(async (tool) =>
        (await import('./importContacts.ts')).importContacts(tool, file, options),
      ),
    )
  imports
    .command('legacy [files...]')
    .description(
      'email_opens.db and leads.db of the services that Beckon replaces, as already done',
    )
    .option(...WORKSPACE)
    .action((files: string[], options: In) =>
      use(async (tool) => (await import('./importLegacy.ts')).importLegacy(tool, files, options)),
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
      use(async (tool) => (await import('./sql.ts')).runSql(tool, query, options)),
    )
}

function addExport(rows: Command, what: Exportable, format: Option, use: Use): void {
  rows
    .command(what)
    .description(`all ${what} of a workspace`)
    .addOption(format)
    .option(...WORKSPACE)
    .action((options: In & { format: 'csv' | 'json' }) =>
      use(async (tool) => (await import('./exportRows.ts')).exportRows(tool, what, options)),
    )
}
