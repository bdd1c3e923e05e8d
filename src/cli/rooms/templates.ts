/** Templates. */
import { BODY, list, PAGED, part, type Room, to, variables } from './room.ts'

export const template: Room = {
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
      usage: 'draft <name>',
      about: 'what is written and not in use yet',
      ask: (asked) => ({ method: 'GET', path: to('templates', part(asked), 'draft') }),
    },
    {
      usage: 'publish <name>',
      about: 'make the draft the version in use',
      ask: (asked) => ({
        ...{ method: 'POST', path: to('templates', part(asked), 'publish') },
        body: {},
      }),
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
