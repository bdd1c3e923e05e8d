/**
 * An engine in a process of its own, without HTTP: what a worker machine runs. Started by
 * workers.ts, killed, frozen and stopped by the tests.
 */
import pino from 'pino'
import { assemble } from '../../src/app/assemble.ts'
import { openDb } from '../../src/db/db.ts'
import type { WorkerOrder } from './workers.ts'

const order = JSON.parse(process.argv[2] ?? '{}') as WorkerOrder // written by workers.ts
const db = await openDb(order.address, { connections: 8 })
const assembly = await assemble({
  db,
  address: order.address,
  log: pino({ level: 'warn' }, pino.destination(2)),
  secrets: { encryptionKey: Buffer.from(order.key, 'hex'), jwtKey: Buffer.from(order.key, 'hex') },
  publicUrl: 'https://beckon.test',
  roles: ['work'],
  onReceipts: async () => {},
})
await assembly.engine.start()
process.send?.({ processId: assembly.presence.processId })
process.on('message', () => process.send?.({ stats: { ...assembly.engine.stats } }))

let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  await assembly.close()
  await db.close()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('disconnect', stop)
