/** The commands about workspaces, those who sign in, and keys. */
import type { Command } from 'commander'
import type { NewKeyOptions } from '../keys.ts'
import type { PasswordFlags } from '../prompt.ts'
import type { NewUser } from '../users.ts'
import type { WorkspaceOptions } from '../workspaces.ts'
import { type In, type Use, WORKSPACE } from './use.ts'

export function addPeople(program: Command, use: Use): void {
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
      use(async (tool) => (await import('../users.ts')).createUser(tool, options)),
    )
  user
    .command('list')
    .description('the members of a workspace')
    .option(...WORKSPACE)
    .action((options: In) =>
      use(async (tool) => (await import('../users.ts')).listUsers(tool, options)),
    )
  user
    .command('password')
    .description('set a new password and end all sessions')
    .requiredOption('--email <email>')
    .option('--password <password>', 'seen by other users of this machine; better by stdin')
    .option('--password-stdin', 'read the password from stdin')
    .action((options: PasswordFlags & { email: string }) =>
      use(async (tool) => (await import('../users.ts')).changeUserPassword(tool, options)),
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
      use(async (tool) => (await import('../workspaces.ts')).makeWorkspace(tool, slug, options)),
    )
  workspace
    .command('list')
    .description('all workspaces')
    .action(() => use(async (tool) => (await import('../workspaces.ts')).showWorkspaces(tool)))
  workspace
    .command('limit <slug> <rate>')
    .description('how many messages per second it may hand in: a number, or none')
    .action((slug: string, rate: string) =>
      use(async (tool) => (await import('../workspaces.ts')).limitWorkspace(tool, slug, rate)),
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
      use(async (tool) => (await import('../keys.ts')).makeKey(tool, options)),
    )
  key
    .command('list')
    .description('the API keys of a workspace')
    .option(...WORKSPACE)
    .action((options: In) =>
      use(async (tool) => (await import('../keys.ts')).showKeys(tool, options)),
    )
  key
    .command('revoke <id>')
    .description('end an API key')
    .action((id: string) => use(async (tool) => (await import('../keys.ts')).endKey(tool, id)))
}
