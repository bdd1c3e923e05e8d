/** A database with one workspace, senders that reach our own vendors, and a way to hand in messages. */
import { createHash } from 'node:crypto'
import { after } from 'node:test'
import pino from 'pino'
import { type Assembly, assemble } from '../../src/app/assemble.ts'
import type { ChannelId } from '../../src/channels/channel.ts'
import { sealContext } from '../../src/channels/directory.ts'
import { insertSenders } from '../../src/channels/store.ts'
import { type DatabaseAddress, type Db, openDb } from '../../src/db/db.ts'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { NewMessage } from '../../src/messages/schema.ts'
import { TestClock } from '../helpers/database.ts'
import { addWorkspace } from '../helpers/workspace.ts'
import { freshDatabase } from './freshDatabase.ts'
import { startWorker, type WorkerOrder, type WorkerProcess } from './workers.ts'

const BATCH = 1_000

export interface NewSender {
  readonly channel: ChannelId
  readonly provider: string
  readonly settings: unknown
  readonly perSecond?: number
  readonly onUnknown?: 'hold' | 'resend'
}

export interface World {
  readonly address: DatabaseAddress
  /** With the database's own clock, or one that stands still. */
  readonly db: Db
  readonly clock: TestClock
  readonly assembly: Assembly
  readonly workspaceId: string
  addSender(sender: NewSender): Promise<string>
  /** Takes messages in, up to any number, and answers their ids. */
  accept(items: readonly unknown[]): Promise<string[]>
  startWorker(): Promise<WorkerProcess>
}

/** `clock: 'test'` gives time that stands still until it is moved. Nothing sends before `engine.start()`. */
export async function faultWorld(options: { clock?: 'real' | 'test' } = {}): Promise<World> {
  const { address, drop } = await freshDatabase()
  const clock = new TestClock()
  const db = await openDb(address, {
    connections: 8,
    ...(options.clock === 'test' ? { clock } : {}),
  })
  const key = createHash('sha256').update('faults').digest()
  const log = pino({ level: 'silent' })
  const assembly = await assemble({
    ...{ db, address, log, publicUrl: 'https://beckon.test', roles: [] },
    secrets: { encryptionKey: key, jwtKey: key },
    onReceipts: async () => {},
  })
  const workers: WorkerProcess[] = []
  after(async () => {
    for (const worker of workers) await worker.kill()
    await assembly.close()
    await db.close()
    await drop()
  })
  const workspaceId = await addWorkspace({ db, clock }, 'default')
  const order: WorkerOrder = { address, key: key.toString('hex') }
  return {
    ...{ address, db, clock, assembly, workspaceId },
    async addSender(sender) {
      const id = uuid7()
      const settings = JSON.stringify(sender.settings)
      await insertSenders(db.engine, [
        {
          ...{ workspaceId, id, channel: sender.channel, provider: sender.provider },
          name: sender.provider,
          settings: assembly.sealing.seal(settings, sealContext(workspaceId, id)),
          origin: 'environment',
          position: 0,
          perSecond: sender.perSecond ?? null,
          onUnknown: sender.onUnknown ?? 'hold',
          createdAt: db.clock.now(),
        },
      ])
      assembly.directories.senders.forget(workspaceId)
      return id
    },
    async accept(items) {
      const ids: string[] = []
      for (let at = 0; at < items.length; at += BATCH) {
        const answer = await assembly.acceptor.accept({
          workspaceId,
          items: items.slice(at, at + BATCH).map((item) => NewMessage.parse(item)),
          batch: true,
          repeat: null,
        })
        ids.push(...answer.accepted.map(({ id }) => id))
      }
      return ids
    },
    async startWorker() {
      const worker = await startWorker(order)
      workers.push(worker)
      return worker
    },
  }
}

/** Settings of the webhook provider for one of our own vendors. */
export function hookTo(url: string) {
  return { url, signing_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }
}

/** Settings of the SMTP provider for one of our own servers. */
export function smtpTo(url: string) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port), from_email: 'faults@example.com', connections: 4 }
}
