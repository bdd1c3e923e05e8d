/**
 * Events of a workspace as server-sent events (WHATWG HTML §9.2), for pages that show what happens
 * while it happens. Whoever may no longer read is found within seconds, and their stream ends. Every
 * stream ends after some minutes; browsers come back by themselves, with the id of the last event that they saw.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { Auth } from '../workspaces/auth.ts'
import { BACK_MS, type Live, type Look } from './live.ts'
import { eventView } from './schema.ts'
import type { Event } from './store.ts'

const BEAT_MS = 15_000 // proxies close what is silent for a minute
const LIFE_MS = 5 * 60_000
const RETRY_MS = 2_000 // after which a browser comes back
const RESUME_MS = 5 * 60_000 // what a browser missed for longer it reads from the lists
const ASK_MS = 5_000 // between two looks whether the login still holds
const MAX_STREAMS = 500 // of one process
const MAX_OF_WORKSPACE = 100 // so that one workspace leaves places for the others
const MAX_UNSENT = 256 * 1024 // bytes; a reader that is this slow comes back instead

const query = z.strictObject({
  message_id: z.uuid().optional().meta({ description: 'Only what happens to this message.' }),
  contact_id: z.uuid().optional().meta({ description: 'Only what happens to this contact.' }),
  names: z.string().max(500).optional().meta({
    description: 'Only events of these names, comma-separated; `message.*` is a beginning.',
  }),
})
type Wanted = z.infer<typeof query>

export interface StreamDeps {
  readonly db: Db
  readonly live: Live
  /** Who is asking, now; as for a new request. */
  authenticate(request: FastifyRequest): Promise<Auth>
}

export const streamRoutes: FastifyPluginAsyncZod<StreamDeps> = async (server, deps) => {
  const { db, live } = deps
  const open = new Map<ServerResponse, string>()
  server.addHook('preClose', async () => {
    for (const response of open.keys()) response.end()
  })
  server.get(
    '/stream',
    {
      config: { scope: 'messages:read', unattended: true },
      schema: {
        tags: ['events'],
        summary: 'New events as server-sent events',
        description:
          'Each has the event `activity`, an id to resume from (`Last-Event-ID`) and an event as `/events` answers it, as JSON. The event `more` says that more happened than was told: read the list again. Who does not accept `text/event-stream` gets what happened in the last seconds, and the end.',
        querystring: query,
        produces: ['text/event-stream'],
        response: { 200: z.string() },
      },
    },
    async (request, reply) => {
      refuseTooMany([...open.values()], request.auth.workspaceId)
      const since = resumeAt(request.headers['last-event-id'], db.clock.now())
      const response = reply.raw
      reply.hijack()
      response.writeHead(200, {
        ...Object.fromEntries(
          Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]),
        ),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      response.write(`retry: ${RETRY_MS}\n\n`)
      open.set(response, request.auth.workspaceId)
      const stays = request.headers.accept?.includes('text/event-stream') ?? false
      const end = live.watch(request.auth.workspaceId, since, (look) => {
        tell(response, look, request.query)
        if (!stays) response.end()
      })
      const beat = setInterval(() => response.write(': still here\n\n'), BEAT_MS)
      const ask = setInterval(
        () => void mayStay(deps, request).then((may) => may || response.end()),
        ASK_MS,
      )
      const life = setTimeout(() => response.end(), LIFE_MS)
      await once(response, 'close').catch(() => {})
      clearInterval(beat)
      clearInterval(ask)
      clearTimeout(life)
      open.delete(response)
      end()
    },
  )
}

/** `open` has the workspace of each stream. */
function refuseTooMany(open: readonly string[], workspaceId: string): void {
  const own = open.filter((each) => each === workspaceId).length
  if (open.length < MAX_STREAMS && own < MAX_OF_WORKSPACE) return
  throw new AppError('unavailable', 'Too many people are watching. Try again in a moment.')
}

/** A database that does not answer ends no stream. */
async function mayStay({ authenticate }: StreamDeps, request: FastifyRequest): Promise<boolean> {
  try {
    const { scopes, workspaceId } = await authenticate(request)
    return scopes.has('messages:read') && workspaceId === request.auth.workspaceId
  } catch (error) {
    return !(error instanceof AppError) || error.status >= 500
  }
}

function tell(response: ServerResponse, { events, more }: Look, wanted: Wanted): void {
  if (response.writableLength > MAX_UNSENT) {
    response.end()
    return
  }
  const own = events.filter((event) => isWanted(event, wanted))
  const text = own.map(
    (event) =>
      `event: activity\nid: ${event.recordedAt.toISOString()}\ndata: ${JSON.stringify(eventView(event))}\n\n`,
  )
  if (more) text.push('event: more\ndata: {}\n\n')
  if (text.length > 0) response.write(text.join(''))
}

function isWanted(event: Event, { message_id, contact_id, names }: Wanted): boolean {
  if (message_id !== undefined && event.messageId !== message_id) return false
  if (contact_id !== undefined && event.contactId !== contact_id) return false
  if (names === undefined) return true
  return names
    .split(',')
    .some((name) =>
      name.endsWith('*') ? event.name.startsWith(name.slice(0, -1)) : event.name === name,
    )
}

/**
 * The id is a time. Others begin a little back, where a transaction may still have to commit, so that
 * a page which opens its stream and then reads its list misses nothing.
 */
function resumeAt(id: string | string[] | undefined, now: Date): Date {
  const at = new Date(typeof id === 'string' ? id : Number.NaN)
  const known = !Number.isNaN(+at) && at <= now && +now - +at <= RESUME_MS
  return new Date((known ? +at : +now) - BACK_MS)
}
