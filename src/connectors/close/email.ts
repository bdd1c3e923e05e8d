/**
 * An email activity of Close as events of ours. Its whole list of opens is read each time, whichever
 * way it came: each open has a key of its own, so what was told before counts once, and what
 * somebody failed to tell is made good by the next who does.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { EventRecord, Records } from '../connector.ts'
import { rulesOf } from '../mapping.ts'
import { type Context, timeOf } from './api.ts'
import { leadName } from './lead.ts'

const OLDEST_DAYS = 30 // of Close's event log: older opens cannot be news
const AHEAD_MS = 5 * 60_000 // their clock may be before ours

const text = z.string().nullish().catch(null)
const texts = z.array(z.string()).catch([])

export const Email = z.object({
  id: z.string(),
  lead_id: text,
  contact_id: text,
  direction: text,
  status: text,
  subject: text,
  sender: text,
  to: texts,
  in_reply_to_id: text,
  date_sent: text,
  date_created: text,
  activity_at: text,
  opens: z
    .array(
      z.object({ opened_at: text, ip_address: text, user_agent: text, opened_by: text }).catch({}),
    )
    .nullish()
    .catch(null),
})
export type Email = z.infer<typeof Email>

interface Open {
  readonly key: string
  readonly at: Date
  readonly ip: string | null
  readonly userAgent: string | null
  readonly openedBy: string | null
}

export async function recordsOf(email: Email, ctx: Context): Promise<Records> {
  if (email.direction === 'incoming') return received(email, ctx)
  const opened = await openEvents(email, ctx)
  const sent = sentEvent(email, ctx)
  const [recipient] = email.to
  const known = opened.length + sent.length > 0 && email.contact_id && recipient
  const rules = rulesOf(ctx.settings.contact_fields)
  return [
    ...(known ? [{ ...contactOf(email)!, kind: 'contact' as const, email: recipient, rules }] : []),
    ...sent,
    ...opened,
  ]
}

const contactOf = ({ contact_id: id }: Email) => (id ? { source: 'close', externalId: id } : null)

function event(email: Email, given: Omit<EventRecord, 'kind' | 'contact'>): EventRecord {
  const contact = contactOf(email)
  return { kind: 'event', ...given, ...(contact ? { contact } : {}) }
}

const about = ({ id, lead_id, subject, to }: Email) => ({
  ...{ email_id: id, lead_id: lead_id ?? null, subject: subject ?? null },
  recipient: to[0] ?? null,
})

function sentEvent(email: Email, { since }: Context): EventRecord[] {
  const at = timeOf(email.date_sent)
  if (email.status !== 'sent' || at === null || at < since) return []
  return [
    event(email, { name: 'email.sent', key: `sent/${email.id}`, at, properties: about(email) }),
  ]
}

function received(email: Email, { since }: Context): EventRecord[] {
  const at = timeOf(email.activity_at) ?? timeOf(email.date_created)
  if (at === null || at < since) return []
  const properties = {
    ...about(email),
    ...{ sender: email.sender ?? null, in_reply_to_id: email.in_reply_to_id ?? null },
  }
  return [event(email, { name: 'email.received', key: `received/${email.id}`, at, properties })]
}

async function openEvents(email: Email, ctx: Context): Promise<EventRecord[]> {
  const opens = opensOf(email)
  const from = Math.max(+ctx.since, +ctx.now() - OLDEST_DAYS * 86_400_000)
  const until = +ctx.now() + AHEAD_MS
  const news = opens.filter(({ at }) => +at >= from && +at <= until)
  if (news.length === 0) return []
  const sentAt = timeOf(email.date_sent) ?? timeOf(email.activity_at) ?? opens[0]!.at
  const [recipient = null] = email.to
  const classes = new Map(
    ctx.classifyOpens(opens, { sentAt, recipient }).map((each) => [each.key, each]),
  )
  const name = email.lead_id ? await leadName(email.lead_id, ctx) : null
  return news.map((open) => {
    const verdict = classes.get(open.key)
    const properties = {
      ...about(email),
      ...{ open_key: open.key, lead_name: name, opens_count: opens.indexOf(open) + 1 },
      ...{ class: verdict?.class ?? 'unknown', reason: verdict?.reason ?? null },
      ...{ ip: open.ip, user_agent: open.userAgent, opened_by: open.openedBy },
    }
    return event(email, { name: 'email.opened', key: `open/${open.key}`, at: open.at, properties })
  })
}

/** In the order of time, each once. */
function opensOf(email: Email): Open[] {
  const opens = (email.opens ?? []).flatMap((open) => {
    const at = 'opened_at' in open ? timeOf(open.opened_at) : null
    if (at === null || !('opened_at' in open)) return []
    const { ip_address: ip = null, user_agent: agent = null, opened_by: by = null } = open
    const key = openKey(email.id, at, ip, agent)
    return [{ key, at, ip, userAgent: agent, openedBy: by }]
  })
  const unique = new Map(opens.map((open) => [open.key, open]))
  return [...unique.values()].sort((a, b) => +a.at - +b.at || (a.key < b.key ? -1 : 1))
}

function openKey(emailId: string, at: Date, ip: string | null, agent: string | null): string {
  const parts = [emailId, at.toISOString(), ip ?? '', agent ?? '']
  return createHash('sha256').update(parts.join('|')).digest('hex')
}
