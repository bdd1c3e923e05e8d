/** The commands about messages. */
import type { Command } from 'commander'
import type { ListOptions, RedriveOptions } from '../messages.ts'
import type { SendOptions } from '../send.ts'
import { collect, type In, type Use, WORKSPACE } from './use.ts'

export function addMessages(program: Command, use: Use): void {
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
      use(async (tool) => (await import('../send.ts')).sendMessage(tool, options)),
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
      use(async (tool) => (await import('../messages.ts')).showMessages(tool, options)),
    )
  messages
    .command('show <id>')
    .description('one message with its timeline')
    .option(...WORKSPACE)
    .action((id: string, options: In) =>
      use(async (tool) => (await import('../messages.ts')).showMessage(tool, id, options)),
    )
  messages
    .command('cancel <id>')
    .description('a message that was not sent yet')
    .option('--reason <text>')
    .option(...WORKSPACE)
    .action((id: string, options: In & { reason?: string }) =>
      use(async (tool) => (await import('../messages.ts')).cancelMessage(tool, id, options)),
    )
  program
    .command('redrive')
    .description('queue dead messages again, under their own ids')
    .option('--status <status>', 'failed, unknown, expired, or restored', 'failed')
    .option('--channel <channel>')
    .option('--error <code>')
    .option('--limit <count>', 'at most so many', '1000000')
    .option('--drop', 'of restored: end what is held instead of letting it go')
    .option('--yes', 'needed where some may have arrived already')
    .option(...WORKSPACE)
    .action((options: RedriveOptions) =>
      use(async (tool) => (await import('../messages.ts')).redriveMessages(tool, options)),
    )
}
