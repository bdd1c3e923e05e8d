/**
 * The command line. Finds the settings and the database, then does what it was asked:
 * `serve` is the server, everything else a tool beside it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { addCommands } from './cli/commands.ts'
import { type Flags, printError, wantsJson } from './cli/output.ts'
import { AppError } from './errors.ts'

const NODE = 26 // runs .ts files as they are; older ones do not
if (Number(process.versions.node.split('.')[0]) < NODE) {
  console.error(
    `Beckon needs Node ${NODE}, this is ${process.versions.node}. Start it by \`npm start\` or bin/beckon, which bring their own.`,
  )
  process.exit(1)
}

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
const program = new Command('beckon')
  .version(version)
  .description('Reach people on every channel, hear every answer.')
  .option('--json', 'print JSON, as is done when the output is no terminal')
  .option('-q, --quiet', 'no notes and no progress')
  .configureOutput({
    outputError: (text, write) => {
      if (!wantsJson(program.opts<Flags>())) return write(text)
      printError(new Error(text.trim().replace(/^error: /, '')), program.opts<Flags>(), 'usage')
    },
  })
const context = { env: process.env, version: String(version) }

program
  .command('serve')
  .description('run the server: API, tracking and sending')
  .option('--roles <roles>', 'serve, work, track; comma-separated', 'serve,work,track')
  .action(async (options: { roles: string }) =>
    (await import('./cli/serve.ts')).serve(context, options),
  )
program
  .command('work')
  .description('run the engine without the API')
  .option('--once', 'do what is due, then exit; for schedulers')
  .action(async (options: { once?: boolean }) =>
    options.once
      ? (await import('./cli/work.ts')).workOnce(context, program.opts<Flags>())
      : (await import('./cli/serve.ts')).serve(context, { roles: 'work' }),
  )
program
  .command('migrate')
  .description('bring the database up to date and exit')
  .action(async () => (await import('./cli/migrate.ts')).migrateOnly(context))
program
  .command('generate')
  .description(
    'write what is made from the code: schema.sql, .env.example, docs/errors.md, docs/openapi.json, the tables in docs/recipes.md',
  )
  .option('--check', 'change nothing; fail when a file is out of date')
  .action(async (options: { check?: boolean }) =>
    (await import('./cli/generate.ts')).generate(context, options.check ?? false),
  )

addCommands(program, context)

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  // What the system said, such as a connection refused, is no sentence of ours and names no way out.
  if (error instanceof Error && 'code' in error && !(error instanceof AppError))
    console.error('`bin/beckon doctor` says what is wrong and how to mend it.')
  process.exit(1)
}
