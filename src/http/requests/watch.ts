/**
 * Notes what is asked of the API and what it answers: held in memory and written once a second, by one
 * statement, so that no request waits for it. What a crash takes with it is a second of this log.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Db } from '../../db/db.ts'
import { createLoop } from '../../lib/loop.ts'
import { storableText } from '../../lib/storable.ts'
import { createKeeper, type Entry, type Keeper } from './keep.ts'
import { messagesOf } from './messagesOf.ts'
import { shortened, withoutSecrets } from './shorten.ts'
import { writeRequests } from './write.ts'

const WRITE_MS = 1_000
const RETRY_MS = 5_000
const MAX_PATH = 1_000 // characters; of the query too
const MAX_HEADER = 255 // characters of a user agent; an idempotency key has no more
const OWN = '/api-requests' // reading the log is not written into it

type Hooks = Pick<FastifyInstance, 'addHook'>

export interface RequestLog {
  /** Before any routes are added. */
  watch(server: Hooks): void
  start(): void
  /** Writes what waits. */
  stop(): Promise<void>
}

export function createRequestLog({ db, log }: { db: Db; log: Logger }): RequestLog {
  const keeper = createKeeper()
  const write = async () => {
    const entries = keeper.take()
    if (entries.length === 0) return WRITE_MS
    try {
      await writeRequests({ sql: db.engine, log }, entries)
    } catch (error) {
      keeper.putBack(entries)
      throw error
    }
    return WRITE_MS
  }
  let last: Promise<unknown> = Promise.resolve()
  /** One at a time: whoever waits for it knows that what was noted before is written. */
  const writeAll = () => {
    const next = last.then(write)
    last = next.catch(() => {}) // the caller has the error
    return next
  }
  const loop = createLoop({ look: writeAll, retryMs: RETRY_MS, name: 'noting requests', log })
  return {
    watch(server) {
      // One hook, and nothing asked of Fastify where there is no room: each costs every request microseconds.
      server.addHook('onSend', (request, reply, payload, done) => {
        try {
          if (request.auth) note(keeper, { request, reply, payload })
        } catch (error) {
          log.warn({ err: error }, 'a request could not be noted') // and is answered
        }
        done(null, payload)
      })
    },
    start: loop.start,
    async stop() {
      await loop.stop()
      await writeAll().catch((error: unknown) =>
        log.warn({ err: error }, 'the last requests could not be noted'),
      )
    },
  }
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** What goes out: text, or a stream. */
  readonly payload: unknown
}

function note(keeper: Keeper, exchange: Exchange): void {
  const { request, reply } = exchange
  const { workspaceId, kind } = request.auth
  const failed = reply.statusCode >= 400
  const isSure = failed || kind === 'session'
  if (!isSure && keeper.isFull(workspaceId)) {
    keeper.leaveOut(workspaceId)
    return
  }
  const { url: route = '', config } = request.routeOptions
  if (config.public || route.startsWith(OWN)) return
  if (!failed && config.unattended) return
  // What pages read and try out is as much as all else, and that something is not there yet is no fault.
  const isLook = isRead(request) || config.scope?.endsWith(':read')
  if (kind === 'session' && isLook && (!failed || reply.statusCode === 404)) return
  keeper.offer({ workspaceId, isSure }, (leftOut) => entryOf(exchange, { route, leftOut }))
}

const isRead = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD'

function entryOf(
  { request, reply, payload }: Exchange,
  { route, leftOut }: { route: string; leftOut: number },
): Entry {
  const { auth, headers } = request
  const status = reply.statusCode
  const { path, query } = addressOf(request.url)
  const answer = answerOf(request, status, payload)
  const key = headers['idempotency-key']
  return {
    ...{ workspaceId: auth.workspaceId, id: request.id, method: request.method },
    ...{ route, path, query, status, leftOut },
    code: status >= 400 ? codeOf(answer) : null,
    ms: Math.round(reply.elapsedTime),
    ...{ actorKind: auth.kind, actorId: auth.actorId, ip: request.ip },
    userAgent: textOf(headers['user-agent']),
    idempotencyKey: textOf(key),
    replayed: reply.hasHeader('idempotent-replayed'),
    requestBytes: bytesOf(headers['content-length']),
    requestBody: shortened(request.body),
    answer: keepsAnswer(request, status) ? shortened(answer) : null,
    messageIds: status < 300 ? messagesOf(request.method, route, answer) : [],
  }
}

/** An answer that may not be repeated holds something shown once; what was read can be read again. */
const keepsAnswer = (request: FastifyRequest, status: number) =>
  status >= 400 || (!isRead(request) && request.routeOptions.config.repeatable !== false)

function answerOf(request: FastifyRequest, status: number, payload: unknown): unknown {
  if (typeof payload !== 'string' || (status < 400 && isRead(request))) return null
  try {
    return JSON.parse(payload)
  } catch {
    return payload // CSV, a page
  }
}

function codeOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('code' in answer)) return null
  return typeof answer.code === 'string' ? answer.code : null
}

/** checkHead has seen to it that it can be decoded. */
function addressOf(url: string): { path: string; query: string | null } {
  const [path = '', query] = withoutSecrets(url).split('?', 2)
  return { path: decoded(path), query: query ? decoded(`?${query}`).slice(1) : null }
}

const decoded = (text: string) => {
  try {
    // Again, for the names of parameters were not decoded before.
    return withoutSecrets(storableText(decodeURIComponent(text.slice(0, MAX_PATH))))
  } catch {
    return text.slice(0, MAX_PATH) // cut within a character
  }
}

const textOf = (value: string | string[] | undefined) =>
  typeof value === 'string' ? storableText(value.slice(0, MAX_HEADER)) : null

const MAX_BYTES = 2 ** 31 - 1 // the column's
const bytesOf = (length: string | undefined) =>
  length === undefined ? null : Math.min(Number(length), MAX_BYTES)
