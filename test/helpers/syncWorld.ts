/** Connections on a test database and a fake Close: each `process` has a memory and a server of its own. */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { pino } from 'pino'
import { readConfig } from '../../src/config.ts'
import { inWorkspace } from '../../src/db/db.ts'
import { createServer } from '../../src/http/server.ts'
import { open, seal } from '../../src/lib/crypt.ts'
import { createHttp } from '../../src/lib/http.ts'
import { buildSync } from '../../src/sync/build.ts'
import { provisionConnections } from '../../src/sync/provision.ts'
import { type ConnectionRow, listConnections } from '../../src/sync/store/connections.ts'
import { listTasks } from '../../src/sync/store/tasks.ts'
import { createCallbackProcessor } from '../../src/tracking/callbacks/processor.ts'
import { createCounters } from '../../src/tracking/counters.ts'
import { type FakeClose, type FakeEmail, type FakeEvent, plain } from '../fakes/startClose.ts'
import type { TestDatabase } from './database.ts'
import { addWorkspace } from './workspace.ts'

export type SyncWorld = Awaited<ReturnType<typeof syncWorld>>
export type SyncProcess = Awaited<ReturnType<SyncWorld['start']>>

const key = randomBytes(32)
const stops = new Set<() => Promise<void>>()
after(async () => {
  for (const stop of stops) await stop() // what a failed test left
})
const sealing = {
  seal: (text: string, context: string) => seal(key, text, context),
  unseal: (sealed: string, context: string) => open(key, sealed, context),
}
let worlds = 0

export interface WorldOptions {
  readonly publicUrl?: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Of the connector: where it calls us, and what is pulled. Close's by default. */
  readonly path?: string
  readonly source?: string
}

/** A workspace whose environment names a key of Close, or what `variables` say. */
export async function syncWorld(
  database: TestDatabase,
  fake: Pick<FakeClose, 'baseUrl'> | null,
  options: WorldOptions = {},
) {
  const { db, clock } = database
  const workspaceId = await addWorkspace(database, `sync-${++worlds}`)
  const { publicUrl = 'http://beckon.test', path = 'closeio', source = 'emails' } = options
  const close = fake && { CLOSEIO_API_KEY: 'api_test', CLOSEIO_BASE_URL: fake.baseUrl }
  const given = { ...close, ...options.variables }
  const provision = (changed: Readonly<Record<string, unknown>> = given) =>
    inWorkspace(db, workspaceId, (tx) =>
      provisionConnections(
        tx,
        workspaceId,
        changed as Parameters<typeof provisionConnections>[2],
        { sealing, publicUrl },
        clock.now(),
      ),
    )
  await provision()

  const connection = async (): Promise<ConnectionRow> =>
    (await listConnections(db.engine, workspaceId))[0]!
  const task = async (name = source) =>
    (await listTasks(db.engine, workspaceId, [(await connection()).id])).find(
      (each) => each.task === name,
    )!

  const start = async () => {
    const http = createHttp({ guard: false })
    const log = pino({ level: 'silent' })
    const sync = buildSync({
      ...{ db, log, sealing, publicUrl, guardedHttp: http, trustedHttp: http, cacheHours: 24 },
      variables: {},
    })
    const counters = createCounters()
    const senders = { find: async () => undefined, forChannel: async () => [] }
    const processor = createCallbackProcessor({
      ...{ db, log, counters, senders, onHits: () => {} },
      readConnection: sync.readCallback,
    })
    const config = readConfig({ ENVIRONMENT: 'test' })
    const nobody = async () => {
      throw new Error('nobody signs in here')
    }
    const server = createServer({ config, db, log, version: '0', authenticate: nobody })
    const hooks = { onForged: () => counters.callbacksForged++, onTaken: () => {} }
    await server.register(sync.webhooks({ defaultWorkspaceId: workspaceId, ...hooks }))
    await server.listen({ host: '127.0.0.1', port: 0 })
    const stop = async () => {
      stops.delete(stop)
      await server.close()
      await http.close()
    }
    stops.add(stop)
    const { port } = server.server.address() as AddressInfo // it listens on TCP
    const url = `http://127.0.0.1:${port}/webhook/${path}`
    return {
      ...{ sync, processor, counters, url, server },
      /** Pulls now, as if it were due. */
      async poll() {
        const { id } = await connection()
        await db.engine`
          update connection_tasks set due_at = ${clock.now()}
          where workspace_id = ${workspaceId} and connection_id = ${id} and task = ${source}
        `
        await sync.runOnce()
      },
      stop,
    }
  }
  const events = async (name?: string) => {
    const rows = await db.engine<{ name: string; at: Date; properties: Record<string, unknown> }[]>`
      select name, at, properties from events
      where workspace_id = ${workspaceId} and (${name ?? null}::text is null or name = ${name ?? null})
      order by name, at, properties::text
    `
    return [...rows]
  }
  return { ...{ workspaceId, provision, connection, task, start, events, db, clock } }
}

const PERSON =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15'

/** Emails of a fake Close, and the events that tell of their changes. */
export function mailbox(fake: FakeClose, prefix: string) {
  let n = 0
  const emails = new Map<string, FakeEmail>()

  const tell = async (email: FakeEmail, action: FakeEvent['action'], at: Date) => {
    emails.set(email.id, email)
    const event: FakeEvent = {
      id: `ev_${prefix}${++n}`,
      ...{ object_type: 'activity.email', object_id: email.id, lead_id: email.lead_id, action },
      ...{ date_created: plain(at), date_updated: plain(at) },
      changed_fields: action === 'updated' ? ['opens', 'opens_summary', 'date_updated'] : [],
      ...{ data: email, previous_data: {} },
    }
    await fake.email(email, event)
    return event
  }
  return {
    /** Sent from Close. */
    send(at: Date, to = 'ada@gmail.com', leadId = `lead_${prefix}`) {
      const iso = at.toISOString()
      const email: FakeEmail = {
        ...{ id: `acti_${prefix}${++n}`, lead_id: leadId, contact_id: `cont_${prefix}` },
        ...{ direction: 'outgoing', status: 'sent', subject: 'An offer', sender: 'g@close.test' },
        ...{ to: [to], date_sent: iso, date_created: iso, activity_at: iso, opens: [] },
      }
      return tell(email, 'sent', at)
    },
    open(emailId: string, at: Date, { ip = '203.0.113.7', agent = PERSON } = {}) {
      const email = emails.get(emailId)!
      const open = { opened_at: at.toISOString(), ip_address: ip, user_agent: agent, opened_by: '' }
      return tell({ ...email, opens: [...email.opens, open] }, 'updated', at)
    },
    receive(at: Date) {
      const iso = at.toISOString()
      const email: FakeEmail = {
        ...{ id: `acti_${prefix}${++n}`, lead_id: `lead_${prefix}`, contact_id: null },
        ...{ direction: 'incoming', status: 'inbox', subject: 'Re: An offer' },
        ...{ sender: 'ada@gmail.com', to: ['g@close.test'], date_sent: null },
        ...{ date_created: iso, activity_at: iso, opens: [] },
      }
      return tell(email, 'created', at)
    },
  }
}
