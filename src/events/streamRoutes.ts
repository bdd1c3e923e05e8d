/**
 * Events of a workspace as server-sent events (WHATWG HTML §9.2), for pages that show what happens
 * while it happens. A stream ends after some minutes, so that whoever may no longer read stops
 * reading; browsers come back by themselves, with the id of the last event that they saw.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { BACK_MS, type Live, type Look } from './live.ts'
import { eventView } from './schema.ts'
import type { Event } from './store.ts'

const BEAT_MS = 15_000 // proxies close what is silent for a minute
const LIFE_MS = 5 * 60_000
const RETRY_MS = 2_000 // after which a browser comes back
const RESUME_MS = 5 * 60_000 // what a browser missed for longer it reads from the lists
const MAX_STREAMS = 500 // of one process
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
}

export const streamRoutes: FastifyPluginAsyncZod<StreamDeps> = async (server, { db, live }) => {
  const open = new Set<ServerResponse>()
  server.addHook('preClose', async () => {
    for (const response of open) response.end()
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
      if (open.size >= MAX_STREAMS)
        throw new AppError('unavailable', 'Too many people are watching. Try again in a moment.')
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
      open.add(response)
      const stays = request.headers.accept?.includes('text/event-stream') ?? false
      const end = live.watch(request.auth.workspaceId, since, (look) => {
        tell(response, look, request.query)
        if (!stays) response.end()
      })
      const beat = setInterval(() => response.write(': still here\n\n'), BEAT_MS)
      const life = setTimeout(() => response.end(), LIFE_MS)
      await once(response, 'close').catch(() => {})
      clearInterval(beat)
      clearTimeout(life)
      open.delete(response)
      end()
    },
  )
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
