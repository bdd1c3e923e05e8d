/** People: who they are and what they want. */
import { BODY, list, PAGED, part, type Room, to, YES } from './room.ts'

export const contact: Room = {
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

export const topic: Room = {
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

export const consent: Room = {
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

export const suppression: Room = {
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
