/** The tools of the command line: their names, options and help. What they do is in files of their own, read when they are asked for; those of one room are in commands/. */
import type { Command } from 'commander'
import { addRooms } from './addRooms.ts'
import type { ApiOptions } from './api.ts'
import { addIntake } from './commands/intake.ts'
import { addConnectors, addJourneys } from './commands/journeys.ts'
import { addMessages } from './commands/messages.ts'
import { addPeople } from './commands/people.ts'
import { addRows } from './commands/rows.ts'
import { type Use, WORKSPACE } from './commands/use.ts'
import type { Context } from './context.ts'
import type { Flags } from './output.ts'
import { withTool } from './tool.ts'

export function addCommands(program: Command, context: Context): void {
  const flags = () => program.opts<Flags>()
  const use: Use = (work) => withTool(context, flags(), work)

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
