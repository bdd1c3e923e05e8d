/** The commands about journeys and about what connectors do. */
import type { Command } from 'commander'
import { type In, type Use, WORKSPACE } from './use.ts'

export function addJourneys(program: Command, use: Use): void {
  const journey = program.command('journey').description('journeys as files')
  journey
    .command('validate <files...>')
    .description('say what is wrong with them; exit code 1 when something is')
    .option(...WORKSPACE)
    .action((files: string[], options: In) =>
      use(async (tool) => (await import('../journeys.ts')).validateJourneys(tool, files, options)),
    )
  journey
    .command('push <files...>')
    .description('make or change the journeys of these files; all are checked first')
    .option('--enable', 'let people enter them at once')
    .option(...WORKSPACE)
    .action((files: string[], options: In & { enable?: boolean }) =>
      use(async (tool) => (await import('../journeys.ts')).pushJourneys(tool, files, options)),
    )
  journey
    .command('pull [names...]')
    .description('the journeys in use as JSON; without names all of them')
    .option('--folder <folder>', 'one file each, instead of stdout')
    .option(...WORKSPACE)
    .action((names: string[], options: In & { folder?: string }) =>
      use(async (tool) => (await import('../journeys.ts')).pullJourneys(tool, names, options)),
    )
  journey
    .command('retry <name>')
    .description(
      'take up again every run that failed, where it stood; what was not sent is written anew',
    )
    .option(...WORKSPACE)
    .action((name: string, options: In) =>
      use(async (tool) => (await import('../retryRuns.ts')).retryRuns(tool, name, options)),
    )
  journey
    .command('list')
    .description('the journeys of a workspace')
    .option(...WORKSPACE)
    .action((options: In) =>
      use(async (tool) => (await import('../journeys.ts')).showJourneys(tool, options)),
    )
}

export function addConnectors(program: Command, use: Use): void {
  program
    .command('connector <connector>')
    .description('connections to other systems, such as close')
    .argument('<what>', 'subscribe: have it call our webhook, and keep the key that it signs with')
    .option(...WORKSPACE)
    .action((connector: string, what: string, options: In) =>
      use(async (tool) =>
        (await import('../connectors.ts')).subscribeConnector(tool, { connector, what }, options),
      ),
    )
}
