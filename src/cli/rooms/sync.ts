/** What connectors read. Listing and doing again are in commands/intake.ts. */
import { list, PAGED, part, type Room } from './room.ts'

export const sync: Room = {
  about: 'what connectors read',
  commands: [
    {
      usage: 'connections',
      about: 'the connections of the workspace, with their pulls and last errors',
      columns: ['id', 'connector', 'name', 'status'],
      options: PAGED,
      ask: (asked) => list('/connectors', asked),
    },
    {
      usage: 'now <connection>',
      about: 'pull now, instead of when it is due',
      ask: (asked) => ({
        ...{ method: 'POST', path: '/sync' },
        body: { connection_id: part(asked) },
      }),
    },
  ],
}
