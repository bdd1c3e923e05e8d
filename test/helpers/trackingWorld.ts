/** A workspace with a contact, messages that went out, and a server that hears what comes back. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { pino } from 'pino'
import { request } from 'undici'
import { z } from 'zod'
import type { Sender } from '../../src/channels/directory.ts'
import { defineProvider, type Receipt } from '../../src/channels/provider.ts'
import { readConfig } from '../../src/config.ts'
import { AppError } from '../../src/errors.ts'
import { createServer } from '../../src/http/server.ts'
import { createDns } from '../../src/lib/dns.ts'
import { createMac } from '../../src/lib/hmac.ts'
import { createTokens } from '../../src/lib/token.ts'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { createTemplateDirectory } from '../../src/templates/directory.ts'
import { createCallbackProcessor } from '../../src/tracking/callbacks/processor.ts'
import { createCounters } from '../../src/tracking/counters.ts'
import type { Limits } from '../../src/tracking/hits.ts'
import { createDestinations } from '../../src/tracking/intake/destinations.ts'
import { createTrackingHandler } from '../../src/tracking/intake/handler.ts'
import { createHitRecorder } from '../../src/tracking/intake/recorder.ts'
import { createNetworks } from '../../src/tracking/lookups/networks.ts'
import { createProjector } from '../../src/tracking/project/projector.ts'
import { trackingRoutes } from '../../src/tracking/routes.ts'
import { scopes } from '../../src/workspaces/auth.ts'
import { createWorkspaceDirectory } from '../../src/workspaces/directory.ts'
import type { TestDatabase } from './database.ts'
import { addWorkspace } from './workspace.ts'

export const log = pino({ level: 'silent' })
const tokens = createTokens({ keys: new Map([[1, randomBytes(32)]]), current: 1 })
export const mac = createMac(randomBytes(32))
export const publicUrl = 'https://track.example.test'

/** Hits on a message that were stored and are not understood yet. */
export async function hitsWaiting({ db }: TestDatabase, messageId: string) {
  const rows = await db.engine<{ hits: string }[]>`select hits from tracking_hits`
  const hits: (string | null)[][] = rows.flatMap((row) => JSON.parse(row.hits))
  return hits
    .filter(([, message]) => message === messageId)
    .map(([id, , kind, , , ip, userAgent, method]) => ({ id, kind, ip, userAgent, method }))
}

/** Says of itself whether it is genuine, and carries its receipts as JSON. */
const vendor = defineProvider({
  id: 'vendor',
  channel: 'email',
  name: 'Vendor',
  settings: z.object({}),
  limits: { concurrency: 1 },
  delivery: { idempotency: 'none', correlate: 'provider_message_id', ambiguousOn: [] },
  async check() {},
  async send() {
    return { providerMessageId: null, reply: '' }
  },
  callbacks: {
    verify: (raw) => raw.headers['x-signature'] === 'genuine',
    parse: (raw) => {
      const told: (Omit<Receipt, 'at'> & { at: string })[] = JSON.parse(raw.rawBody)
      return told.map((receipt) => ({ ...receipt, at: new Date(receipt.at) }))
    },
  },
})

export interface MessageInput {
  readonly topic?: string | null
  readonly kind?: string
  readonly channel?: string
  readonly address?: string | null
  readonly contactId?: string | null
  readonly status?: string
  readonly links?: readonly string[]
  readonly providerMessageId?: string
  /** Seconds before now. */
  readonly sentAgo?: number
}

export async function trackingWorld(
  base: TestDatabase,
  slug = `w${randomBytes(4).toString('hex')}`,
) {
  const { db, clock } = base
  const workspaceId = await addWorkspace(base, slug)
  const [row] = await db.engine<
    { number: number }[]
  >`select number from workspaces where id = ${workspaceId}`
  const number = row!.number
  const senderId = uuid7()
  const contactId = uuid7()
  await db.engine`
    insert into senders (workspace_id, id, channel, provider, name, settings, origin, position, created_at, updated_at)
    values (${workspaceId}, ${senderId}, 'email', 'vendor', 'Vendor', '', 'member', 1, ${clock.now()}, ${clock.now()})
  `
  await db.engine`
    insert into contacts (workspace_id, id, locale, created_at, updated_at)
    values (${workspaceId}, ${contactId}, 'he-IL', ${clock.now()}, ${clock.now()})
  `
  await db.engine`
    insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
    values (${workspaceId}, 'api', 'ada', ${contactId}, ${clock.now()})
  `
  await db.engine`
    insert into contact_addresses (workspace_id, contact_id, kind, address, is_primary, created_at)
    values (${workspaceId}, ${contactId}, 'email', 'ada@analytical.example', true, ${clock.now()})
  `
  for (const key of ['news', 'offers']) {
    await db.engine`
      insert into topics (workspace_id, key, name, kind, created_at)
      values (${workspaceId}, ${key}, ${key === 'news' ? 'News' : 'Offers'}, 'marketing', ${clock.now()})
    `
  }

  const addMessage = async (input: MessageInput = {}): Promise<string> => {
    const id = uuid7()
    const sentAt = new Date(+clock.now() - (input.sentAgo ?? 3_600) * 1000)
    await db.engine`
      insert into messages (workspace_id, id, channel, status, priority, kind, topic, contact_id, address, sender_id,
        flags, due_at, expires_at, provider_message_id, created_at, sent_at)
      values (${workspaceId}, ${id}, ${input.channel ?? 'email'}, ${input.status ?? 'sent'}, 1, ${input.kind ?? 'marketing'},
        ${input.topic === undefined ? 'news' : input.topic}, ${input.contactId === undefined ? contactId : input.contactId},
        ${input.address === undefined ? 'ada@analytical.example' : input.address}, ${senderId}, 3, ${sentAt}, ${clock.now()},
        ${input.providerMessageId ?? null}, ${sentAt}, ${sentAt})
    `
    for (const [index, url] of (input.links ?? []).entries()) {
      await db.engine`
        insert into message_links (workspace_id, message_id, index, url)
        values (${workspaceId}, ${id}, ${index}, ${url})
      `
    }
    return id
  }

  const sender = { workspaceId, id: senderId, provider: vendor, settings: {} } as unknown as Sender // what callbacks read of it
  const senders = {
    find: async (_: string, id: string) => (id === senderId ? sender : undefined),
    forChannel: async () => [sender],
  }

  const counts = async (): Promise<Record<string, number>> => {
    const rows = await db.engine<{ metric: string; n: number }[]>`
      select metric, sum(n)::bigint as n from counts where workspace_id = ${workspaceId} group by metric having sum(n) <> 0 order by metric
    `
    return Object.fromEntries(rows.map((each) => [each.metric, each.n]))
  }

  const sign = (
    kind: 'open' | 'click' | 'unsubscribe' | 'preferences',
    messageId: string,
    linkIndex = 0,
  ) => tokens.sign(kind, { workspaceNumber: number, messageId, linkIndex })

  return { workspaceId, number, senderId, contactId, senders, addMessage, counts, sign }
}

export type TrackingWorld = Awaited<ReturnType<typeof trackingWorld>>

/** A server on a port of its own. The key of its API is the workspace's id. Closed after the file's tests. */
export async function trackingServer(
  base: TestDatabase,
  world: Pick<TrackingWorld, 'senders' | 'workspaceId'>,
  options: {
    db?: TestDatabase['db']
    limits?: Partial<Limits>
    trustProxy?: readonly string[]
    /** Where networks are looked up; not given: nowhere. */
    dnsServers?: readonly string[]
  } = {},
) {
  const db = options.db ?? base.db
  const spoolDir = await mkdtemp(join(tmpdir(), 'beckon-spool-'))
  const counters = createCounters()
  const templates = createTemplateDirectory(db, publicUrl)
  const dns = options.dnsServers && createDns(options.dnsServers, 1)
  const projector = createProjector({
    networks: dns && createNetworks({ dns, counters, clock: db.clock }),
    db,
    templates,
    log,
    counters,
    logPii: false,
    ...(options.limits ? { limits: options.limits } : {}),
  })
  const recorder = createHitRecorder({ db, spoolDir, log, counters, onRecorded: () => {} })
  const processor = createCallbackProcessor({
    db,
    senders: world.senders,
    log,
    counters,
    onHits: () => {},
  })
  const handler = createTrackingHandler({
    tokens,
    clock: db.clock,
    recorder,
    destinations: createDestinations({ db, templates }),
    counters,
    trustProxy: options.trustProxy ?? [],
  })
  const server = createServer({
    config: readConfig({ PUBLIC_URL: publicUrl, ENVIRONMENT: 'test' }),
    db,
    log,
    version: '0',
    authenticate: async (asked) => {
      const workspaceId = asked.headers.authorization?.slice('Bearer '.length)
      if (!workspaceId) throw new AppError('unauthenticated')
      const actorId = 'key'
      return {
        kind: 'key',
        workspaceId,
        scopes: new Set(scopes),
        actorId,
        memberId: null,
        sessionHash: null,
      }
    },
  })
  const workspaces = createWorkspaceDirectory(db)
  await server.register(
    trackingRoutes({
      db,
      tokens,
      mac,
      workspaces,
      senders: world.senders,
      publicUrl,
      defaultWorkspaceId: world.workspaceId,
      counters,
      handler,
      onCallback: () => {},
    }),
  )
  await server.ready()
  const front = createHttpServer((asked, answer) => {
    if (!handler(asked, answer)) server.routing(asked, answer)
  })
  await once(front.listen(0, '127.0.0.1'), 'listening')
  const { port } = front.address() as AddressInfo // it listens on a port
  const url = `http://127.0.0.1:${port}`
  after(async () => {
    front.closeAllConnections()
    front.close()
    await recorder.stop()
    await server.close()
    await rm(spoolDir, { recursive: true, force: true })
  })
  const fetch = async (
    method: 'GET' | 'HEAD' | 'POST' | 'PUT',
    path: string,
    given: { headers?: Record<string, string>; body?: string | Buffer } = {},
  ) => {
    const answer = await request(url + path, {
      method,
      headers: given.headers ?? {},
      body: given.body ?? null,
    })
    const body = Buffer.from(await answer.body.arrayBuffer())
    return { status: answer.statusCode, headers: answer.headers, body, text: body.toString('utf8') }
  }
  return { url, fetch, projector, recorder, processor, counters, spoolDir, server, handler }
}
