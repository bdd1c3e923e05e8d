/**
 * The event log: https://developer.close.com/api/resources/events. It tells latest first, tells things
 * late, and consolidates them, so the last minutes are read again each time. It is read forward, in
 * stretches of time, so that alerts come in order and a crash repeats one stretch. A stretch that has
 * too much to be held at once is read in shorter ones.
 */
import { z } from 'zod'
import type { Page } from '../connector.ts'
import { type Context, call, timeOf } from './api.ts'
import { Email, recordsOf } from './email.ts'

const RESCAN_MS = 5 * 60_000 // "re-scan the latest five minutes"; also for clocks that differ
const STRETCH_MS = 60 * 60_000
const KEPT_MS = 30 * 24 * 60 * 60_000 // how long Close keeps events
const PAGE = 50 // events; Close's maximum
const MAX_PAGES = 40 // of one kind in a stretch; with more it is halved
const SHORTEST_MS = 1_000 // of a stretch; that one is read whole, whatever there is
const actions = ['created', 'sent', 'updated'] as const

export const Event = z.object({
  object_type: z.string(),
  object_id: z.string(),
  action: z.string(),
  date_updated: z.string(),
  changed_fields: z.array(z.string()).nullish().catch(null),
  data: z.unknown(),
})
export type Event = z.infer<typeof Event>

const EventPage = z.object({ data: z.array(z.unknown()), cursor_next: z.string().nullish() })
const Cursor = z.object({ read_until: z.iso.datetime() })

export async function* pullEmails(cursor: unknown, ctx: Context): AsyncIterable<Page> {
  const now = +ctx.now()
  const before = Cursor.safeParse(cursor).data
  const reached = before ? Date.parse(before.read_until) : +ctx.since
  let from = Math.max(reached - RESCAN_MS, now - KEPT_MS)
  let length = STRETCH_MS
  while (from < now) {
    const to = Math.min(from + length, now)
    const pages = length > SHORTEST_MS ? MAX_PAGES : Number.POSITIVE_INFINITY
    const range = { from: new Date(from), to: new Date(to), open: to === now, pages }
    const events = await eventsBetween(range, ctx)
    if (events === null) {
      length = Math.max(SHORTEST_MS, Math.ceil((to - from) / 2))
      continue
    }
    const records = await recordsOfEvents(events, ctx)
    yield { records, cursor: { read_until: new Date(Math.max(to, reached)).toISOString() } }
    from = to
    if (events.length < (MAX_PAGES * PAGE) / 3) length = Math.min(length * 2, STRETCH_MS)
  }
}

interface Range {
  readonly from: Date
  readonly to: Date
  /** Also what is dated later than `to`, by a clock that is before ours. */
  readonly open: boolean
  /** Read of each kind at most. */
  readonly pages: number
}

/** Oldest first; null: there are more than these pages. */
async function eventsBetween(range: Range, ctx: Context): Promise<Event[] | null> {
  const found: Event[] = []
  for (const action of actions) {
    const events = await eventsOf(action, range, ctx)
    if (events === null) return null
    for (const event of events) found.push(event)
  }
  return found.sort((a, b) => (timeOf(a.date_updated)! < timeOf(b.date_updated)! ? -1 : 1))
}

async function eventsOf(
  action: (typeof actions)[number],
  { from, to, open, pages }: Range,
  ctx: Context,
): Promise<Event[] | null> {
  const found: Event[] = []
  const filters = { object_type: 'activity.email', action, _limit: String(PAGE) }
  const range = {
    date_updated__gte: plain(from),
    ...(open ? {} : { date_updated__lt: plain(to) }),
  }
  let query: Record<string, string> = { ...filters, ...range }
  for (let page = 0; page < pages; page++) {
    const answer = EventPage.parse(await call(ctx, '/event/', { query }))
    const events = answer.data.flatMap((each) => Event.safeParse(each).data ?? [])
    found.push(...events.filter(({ date_updated: at }) => (timeOf(at) ?? to) >= from))
    const last = events.at(-1)
    const past = last !== undefined && (timeOf(last.date_updated) ?? to) < from
    if (!answer.cursor_next || past || answer.data.length === 0) return found
    query = { ...filters, _cursor: answer.cursor_next } // all filters but those of time
  }
  return null
}

/** As the event log writes times: UTC without an offset. */
const plain = (at: Date) => at.toISOString().replace('Z', '')

/** An email that was changed several times is read once, as it was last. */
async function recordsOfEvents(events: readonly Event[], ctx: Context) {
  const last = new Map(events.filter(isNews).map((event) => [event.object_id, event]))
  const records = []
  for (const event of last.values()) records.push(...(await recordsOfEvent(event, ctx)))
  return records
}

/** Drafts are updated all the time while somebody writes them. */
function isNews({ action, data, changed_fields: changed }: Event): boolean {
  if (action !== 'updated' || data) return true
  return !changed || changed.length === 0 || changed.some((field) => field.startsWith('opens'))
}

/** Without `data`, which others than admins see for an hour only, the email itself is asked for. */
export async function recordsOfEvent(event: Event, ctx: Context) {
  const told = Email.safeParse(event.data).data
  return told ? recordsOf(told, ctx) : readEmail(event.object_id, ctx)
}

export async function readEmail(id: string, ctx: Context) {
  if (!/^acti_\w{1,100}$/.test(id)) return []
  const email = Email.safeParse(await call(ctx, `/activity/email/${id}/`)).data
  return email ? recordsOf(email, ctx) : [] // deleted meanwhile
}
