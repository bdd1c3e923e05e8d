/** A journeys engine in a process of its own, to be killed by tests. What it calls is a table of the database. */
import pino from 'pino'
import { assemble } from '../../src/app/assemble.ts'
import { openDb } from '../../src/db/db.ts'
import { buildJourneys } from '../../src/journeys/build.ts'
import { createHttp } from '../../src/lib/http.ts'
import type { JourneyOrder } from './journeyWorkers.ts'

const order = JSON.parse(process.argv[2] ?? '{}') as JourneyOrder // written by journeyWorkers.ts
const db = await openDb(order.address, { connections: 8 })
const log = pino({ level: 'error' }, pino.destination(2))
const key = Buffer.from(order.key, 'hex')
const assembly = await assemble({
  ...{ db, log, address: order.address, roles: ['work'] },
  secrets: { encryptionKey: key, jwtKey: key },
  publicUrl: 'https://beckon.test',
  onReceipts: async () => {},
})
const journeys = buildJourneys({
  ...{
    db,
    log,
    directories: assembly.directories,
    presence: assembly.presence,
    http: createHttp({ guard: false }),
  },
  act: async (_workspaceId, _connector, action, params) => ({ action, ...params }) as never,
  onSent: () => {},
  onEdited: () => {},
})
journeys.start()
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
