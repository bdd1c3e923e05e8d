/** The commands about what comes in: callbacks and pulls. */
import type { Command } from 'commander'
import { AppError } from '../../errors.ts'
import type { CallbackListOptions } from '../callbacks.ts'
import type { PullListOptions } from '../pulls.ts'
import { type In, type Use, WORKSPACE } from './use.ts'

export function addIntake(program: Command, use: Use): void {
  const callbacks = program.command('callbacks').description('what vendors told us')
  callbacks
    .command('list')
    .description('newest first')
    .option('--status <status>', 'received, processed or failed')
    .option('--limit <count>', 'at most 1000', '20')
    .option(...WORKSPACE)
    .action((options: CallbackListOptions) =>
      use(async (tool) => (await import('../callbacks.ts')).showCallbacks(tool, options)),
    )
  callbacks
    .command('process [id]')
    .description('try one again, or with --failed all that failed')
    .option('--failed', 'all that failed')
    .option(...WORKSPACE)
    .action((id: string | undefined, options: In & { failed?: boolean }) =>
      use(async (tool) => {
        const { processCallbacks } = await import('../callbacks.ts')
        if ((id === undefined) !== (options.failed ?? false))
          throw new AppError('invalid_input', 'Give the id of a callback, or --failed.')
        return processCallbacks(tool, id === undefined ? 'failed' : { id }, options)
      }),
    )
  const sync = program.command('sync').alias('pulls').description('what connectors read')
  sync
    .command('list')
    .description('newest first')
    .option('--status <status>', 'running, done, failed or abandoned')
    .option('--limit <count>', 'at most 1000', '20')
    .option(...WORKSPACE)
    .action((options: PullListOptions) =>
      use(async (tool) => (await import('../pulls.ts')).showPulls(tool, options)),
    )
  sync
    .command('process <id>')
    .description('do again what a pull did not finish')
    .option(...WORKSPACE)
    .action((id: string, options: In) =>
      use(async (tool) => (await import('../pulls.ts')).processPull(tool, id, options)),
    )
}
