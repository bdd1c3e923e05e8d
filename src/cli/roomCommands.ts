/** Which command asks which route. One entry is one line of `beckon --help` and one call of the API. */
import type { Question } from '../app.ts'
import { invalid } from '../errors.ts'

export interface Asked {
  /** The arguments, in their order. */
  readonly given: readonly string[]
  text(option: string): string | undefined
  lines(option: string): readonly string[]
  readonly workspaceId: string
}

export interface RoomCommand {
  readonly usage: string
  readonly about: string
  readonly options?: readonly (readonly [flags: string, text: string])[]
  /** What its last argument is: the body, given as itself, as `@file` or as `-` for stdin. */
  readonly takes?: 'json' | 'mail'
  /** Why `--yes` is asked for. */
  readonly sure?: string
  /** Of a list, on a terminal. */
  readonly columns?: readonly string[]
  ask(asked: Asked): Pick<Question, 'method' | 'path'> & {
    readonly body?: Readonly<Record<string, unknown>>
  }
}

interface Room {
  readonly about: string
  readonly commands: readonly RoomCommand[]
}

const BODY = 'JSON, @file or - for stdin'
const YES = ['--yes', 'really do it'] as const
const PAGED = [
  ['--limit <count>', 'at most 100'],
  ['--cursor <cursor>', 'next_cursor of the list before'],
] as const

/** A path of its parts, each escaped. */
const to = (...parts: readonly string[]) => `/${parts.map(encodeURIComponent).join('/')}`

function list(path: string, { text }: Asked, ...names: readonly string[]) {
  const query = new URLSearchParams()
  for (const name of [...names, 'limit', 'cursor']) {
    const value = text(name)
    if (value !== undefined) query.set(name, value)
  }
  return { method: 'GET', path: query.size > 0 ? `${path}?${query}` : path } as const
}

const part = (asked: Asked, at = 0) => asked.given[at] ?? ''

/** `name=value` of each `--var`. */
function variables(asked: Asked): Record<string, string> {
  return Object.fromEntries(
    asked.lines('var').map((each): [string, string] => {
      const at = each.indexOf('=')
      if (at < 1) throw invalid('/template_variables', `${each}: write --var name=value.`)
      return [each.slice(0, at), each.slice(at + 1)]
    }),
  )
}

const contact: Room = {
  about: 'people we may message',
  commands: [
    {
      usage: 'list',
      about: 'newest first',
      options: [
        ['--q <text>', 'part of a name or address, or your id'],
        ['--tag <tag>', 'with this tag'],
        ...PAGED,
      ],
      columns: ['id', 'external_id', 'name', 'email', 'phone'],
      ask: (asked) => list('/contacts', asked, 'q', 'tag'),
    },
    {
      usage: 'show <id>',
      about: 'one contact, by our id or yours',
      ask: (asked) => ({ method: 'GET', path: to('contacts', part(asked)) }),
    },
    {
      usage: 'save <json>',
      about: `make a contact, or change the one with this external_id: ${BODY}`,
      takes: 'json',
      ask: () => ({ method: 'POST', path: '/contacts' }),
    },
    {
      usage: 'timeline <id>',
      about: 'what happened to a contact and its messages',
      options: PAGED,
      columns: ['at', 'name', 'message_id', 'source'],
      ask: (asked) => list(to('contacts', part(asked), 'timeline'), asked),
    },
    {
      usage: 'merge <id> <duplicate>',
      about: 'a duplicate into this contact',
      ask: (asked) => ({
        ...{ method: 'POST', path: to('contacts', part(asked), 'merge') },
        body: { duplicate_id: part(asked, 1) },
      }),
    },
    {
      usage: 'unmerge <id>',
      about: 'the last merged duplicate out of it again',
      ask: (asked) => ({
        ...{ method: 'POST', path: to('contacts', part(asked), 'unmerge') },
        body: {},
      }),
    },
    {
      usage: 'export <id>',
      about: 'everything that is held about a person',
      ask: (asked) => ({ method: 'GET', path: to('contacts', part(asked), 'export') }),
    },
    {
      usage: 'erase <id>',
      about: 'forget a person for good',
      options: [YES],
      sure: 'What is erased does not come back.',
      ask: (asked) => ({
        method: 'DELETE',
        path: `${to('contacts', part(asked))}?erase=true`,
      }),
    },
  ],
}

const template: Room = {
  about: 'what messages say',
  commands: [
    {
      usage: 'list',
      about: 'the templates of a workspace',
      options: PAGED,
      columns: ['id', 'name', 'channel', 'version', 'updated_at'],
      ask: (asked) => list('/templates', asked),
    },
    {
      usage: 'show <name>',
      about: 'the version in use, by name or id',
      ask: (asked) => ({ method: 'GET', path: to('templates', part(asked)) }),
    },
    {
      usage: 'create <json>',
      about: `make a template: ${BODY}`,
      takes: 'json',
      ask: () => ({ method: 'POST', path: '/templates' }),
    },
    {
      usage: 'change <name> <json>',
      about: `make a new version; what is left out stays: ${BODY}`,
      takes: 'json',
      ask: (asked) => ({ method: 'PUT', path: to('templates', part(asked)) }),
    },
    {
      usage: 'test <name>',
      about: 'render it; with --to send it there too, counted nowhere',
      options: [
        ['--var <name=value...>', 'a variable; may be repeated'],
        ['--locale <locale>', 'such as en or he-IL'],
        ['--to <address>', 'send it there'],
      ],
      ask: (asked) => ({
        ...{ method: 'POST', path: to('templates', part(asked), 'test') },
        body: {
          template_variables: variables(asked),
          locale: asked.text('locale'),
          to: asked.text('to'),
        },
      }),
    },
    {
      usage: 'versions <name>',
      about: 'newest first',
      options: PAGED,
      columns: ['version', 'created_at', 'created_by', 'note'],
      ask: (asked) => list(to('templates', part(asked), 'versions'), asked),
    },
    {
      usage: 'diff <name> <from> <to>',
      about: 'what changed between two versions',
      ask: (asked) => ({
        method: 'GET',
        path: `${to('templates', part(asked), 'diff')}?${new URLSearchParams({ from: part(asked, 1), to: part(asked, 2) })}`,
      }),
    },
    {
      usage: 'rollback <name> <version>',
      about: 'a new version with the content of an old one',
      ask: (asked) => ({
        ...{ method: 'POST', path: to('templates', part(asked), 'rollback') },
        body: { version: Number(part(asked, 1)) },
      }),
    },
    {
      usage: 'remove <name>',
      about: 'archive it; messages on their way keep it',
      ask: (asked) => ({ method: 'DELETE', path: to('templates', part(asked)) }),
    },
  ],
}

const topic: Room = {
  about: 'what one may subscribe to',
  commands: [
    {
      usage: 'list',
      about: 'the topics of a workspace',
      columns: ['key', 'name', 'kind', 'on_unknown'],
      ask: (asked) => list('/topics', asked),
    },
    {
      usage: 'save <key>',
      about: 'make a topic, or change it',
      options: [
        ['--name <name>', 'as recipients read it'],
        ['--kind <kind>', 'system, transactional or marketing (default)'],
        ['--on-unknown <what>', 'hold or resend, when an answer was lost'],
      ],
      ask: (asked) => ({
        ...{ method: 'POST', path: '/topics' },
        body: {
          key: part(asked),
          name: asked.text('name'),
          kind: asked.text('kind'),
          on_unknown: asked.text('onUnknown'),
        },
      }),
    },
  ],
}

const consent: Room = {
  about: 'each yes and no of a contact',
  commands: [
    {
      usage: 'list <contact>',
      about: 'newest first, with their proof',
      options: PAGED,
      columns: ['at', 'topic', 'channel', 'granted', 'source'],
      ask: (asked) => list(to('contacts', part(asked), 'consents'), asked),
    },
    {
      usage: 'record <json>',
      about: `a yes or a no: ${BODY}`,
      takes: 'json',
      ask: () => ({ method: 'POST', path: '/consents' }),
    },
    {
      usage: 'show <user>',
      about: 'the last words, as switches',
      ask: (asked) => ({ method: 'GET', path: to('preferences', part(asked)) }),
    },
    {
      usage: 'unsubscribe <user>',
      about: 'from all marketing, or less',
      options: [
        ['--category <topic>', 'from this topic only'],
        ['--channel <channel>', 'on this channel only'],
      ],
      ask: (asked) => ({
        ...{ method: 'PUT', path: to('preferences', part(asked), 'unsubscribe') },
        body: { category: asked.text('category'), channel: asked.text('channel') },
      }),
    },
  ],
}

const suppression: Room = {
  about: 'addresses never to use',
  commands: [
    {
      usage: 'list',
      about: 'newest first',
      options: [
        ['--kind <kind>', 'email, phone or push'],
        ['--reason <reason>', 'bounce, complaint, manual or erased'],
        ...PAGED,
      ],
      columns: ['kind', 'address', 'reason', 'source', 'created_at', 'detail'],
      ask: (asked) => list('/suppressions', asked, 'kind', 'reason'),
    },
    {
      usage: 'add <kind> <address>',
      about: 'use it never again',
      options: [['--detail <text>', 'why']],
      ask: (asked) => ({
        ...{ method: 'POST', path: '/suppressions' },
        body: { kind: part(asked), address: part(asked, 1), detail: asked.text('detail') },
      }),
    },
    {
      usage: 'lift <kind> <address>',
      about: 'it may be used again',
      ask: (asked) => ({
        method: 'DELETE',
        path: to('suppressions', part(asked), part(asked, 1)),
      }),
    },
  ],
}

const sender: Room = {
  about: 'providers as they are configured here',
  commands: [
    {
      usage: 'list',
      about: 'in the order of their use',
      columns: ['id', 'channel', 'provider', 'name', 'status'],
      ask: (asked) => list('/providers', asked),
    },
    {
      usage: 'show <id>',
      about: 'one sender, its secrets hidden',
      ask: (asked) => ({ method: 'GET', path: to('providers', part(asked)) }),
    },
    {
      usage: 'catalog',
      about: 'the providers there are, with their settings',
      ask: () => ({ method: 'GET', path: '/providers/catalog' }),
    },
    {
      usage: 'create <json>',
      about: `make a sender: ${BODY}`,
      takes: 'json',
      ask: () => ({ method: 'POST', path: '/providers' }),
    },
    {
      usage: 'change <id> <json>',
      about: `change a sender: ${BODY}`,
      takes: 'json',
      ask: (asked) => ({ method: 'PUT', path: to('providers', part(asked)) }),
    },
    {
      usage: 'check <id>',
      about: 'ask the vendor whether it would work, sending nothing',
      ask: (asked) => ({ method: 'POST', path: to('providers', part(asked), 'check') }),
    },
    {
      usage: 'status <id> <status>',
      about: 'active, paused or disabled',
      ask: (asked) => ({
        ...{ method: 'PUT', path: to('providers', part(asked), 'status') },
        body: { status: part(asked, 1) },
      }),
    },
    {
      usage: 'remove <id>',
      about: 'a sender that is no longer wanted',
      ask: (asked) => ({ method: 'DELETE', path: to('providers', part(asked)) }),
    },
  ],
}

const messages: Room = {
  about: 'look at messages',
  commands: [
    {
      usage: 'content <id>',
      about: 'what it says, rendered again',
      ask: (asked) => ({ method: 'GET', path: to('notifications', part(asked), 'content') }),
    },
    {
      usage: 'resend <id>',
      about: 'the same content as a new message',
      ask: (asked) => ({ method: 'POST', path: to('notifications', part(asked), 'resend') }),
    },
    {
      usage: 'reschedule <id> <date>',
      about: 'send it then, such as 2027-03-14T14:00:00Z',
      ask: (asked) => ({
        ...{ method: 'PUT', path: to('notifications', part(asked), 'status') },
        body: { status: 'scheduled', scheduled_at: part(asked, 1) },
      }),
    },
    {
      usage: 'hold <id> <date>',
      about: 'keep it back until then',
      ask: (asked) => ({
        ...{ method: 'PUT', path: to('notifications', part(asked), 'status') },
        body: { status: 'held', held_until: part(asked, 1) },
      }),
    },
    {
      usage: 'settle <id> <status>',
      about:
        'say what became of an unknown one: sent, delivered, failed; or queued, to send it again',
      ask: (asked) => ({
        ...{ method: 'PUT', path: to('notifications', part(asked), 'status') },
        body: { status: part(asked, 1) },
      }),
    },
  ],
}

const user: Room = {
  about: 'people who sign in',
  commands: [
    {
      usage: 'invite <email> <role>',
      about: 'make a one-time link for a new member',
      ask: (asked) => ({
        ...{ method: 'POST', path: '/members/invitations' },
        body: { email: part(asked), role: part(asked, 1) },
      }),
    },
    {
      usage: 'role <id> <role>',
      about: 'owner, admin, editor, viewer or client',
      ask: (asked) => ({
        ...{ method: 'PUT', path: to('members', part(asked)) },
        body: { role: part(asked, 1) },
      }),
    },
    {
      usage: 'remove <id>',
      about: 'from the workspace; sessions end',
      ask: (asked) => ({ method: 'DELETE', path: to('members', part(asked)) }),
    },
  ],
}

const key: Room = {
  about: 'API keys',
  commands: [
    {
      usage: 'rotate <id>',
      about: 'make its successor; the old one works for 24 hours more',
      ask: (asked) => ({ method: 'POST', path: to('api-keys', part(asked), 'rotate') }),
    },
  ],
}

const workspace: Room = {
  about: 'workspaces own everything',
  commands: [
    {
      usage: 'change <json>',
      about: `name, time_zone, locale, default_country: ${BODY}`,
      takes: 'json',
      ask: ({ workspaceId }) => ({ method: 'PUT', path: to('workspaces', workspaceId) }),
    },
  ],
}

const audit: Room = {
  about: 'who did what',
  commands: [
    {
      usage: 'list',
      about: 'newest first',
      options: PAGED,
      columns: ['seq', 'at', 'actor_kind', 'actor_id', 'action', 'target'],
      ask: (asked) => list('/audit', asked),
    },
    {
      usage: 'verify',
      about: 'check the chain of its hashes',
      options: [['--anchor <anchor>', 'of an old line `audit head` of the log']],
      ask: (asked) => list('/audit/verification', asked, 'anchor'),
    },
  ],
}

const mail: Room = {
  about: 'mail that came back',
  commands: [
    {
      usage: 'take <data>',
      about: 'a bounce, a complaint or a reply: @file or - for stdin',
      takes: 'mail',
      ask: () => ({ method: 'POST', path: '/inbound/messages' }),
    },
  ],
}

export const rooms: Readonly<Record<string, Room>> = {
  ...{ contact, template, messages, sender, topic, consent, suppression },
  ...{ user, key, workspace, audit, mail },
}
