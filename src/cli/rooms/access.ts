/** Who may do what, and who did. */
import { BODY, list, PAGED, part, type Room, to } from './room.ts'

export const user: Room = {
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
      usage: 'invitations',
      about: 'those that nobody has taken yet',
      options: PAGED,
      columns: ['id', 'email', 'role', 'invited_by_name', 'expires_at'],
      ask: (asked) => list('/members/invitations', asked),
    },
    {
      usage: 'take-back <invitation>',
      about: 'an invitation; its link says so',
      ask: (asked) => ({ method: 'DELETE', path: to('members', 'invitations', part(asked)) }),
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

export const key: Room = {
  about: 'API keys',
  commands: [
    {
      usage: 'rotate <id>',
      about: 'make its successor; the old one works for 24 hours more',
      ask: (asked) => ({ method: 'POST', path: to('api-keys', part(asked), 'rotate') }),
    },
  ],
}

export const workspace: Room = {
  about: 'workspaces own everything',
  commands: [
    {
      usage: 'change <json>',
      about: `name, time_zone, locale, default_country, honeypot_link: ${BODY}`,
      takes: 'json',
      ask: ({ workspaceId }) => ({ method: 'PUT', path: to('workspaces', workspaceId) }),
    },
  ],
}

export const audit: Room = {
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
