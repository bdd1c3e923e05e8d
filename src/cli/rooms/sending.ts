/** Messages, what carries them, and what comes back. */
import { BODY, list, part, type Room, to } from './room.ts'

export const messages: Room = {
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

export const sender: Room = {
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

export const mail: Room = {
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
