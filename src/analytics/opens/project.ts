/**
 * Keeps what document 000 asks about: opens of emails that another system sent, added up as they
 * are recorded. Reads events, whatever connector told of them:
 *
 *   email.opened             open_key, email_id, lead_id, lead_name, subject, recipient, opens_count, class
 *   email.open_reclassified  open_key, class
 *   email.sent               email_id, lead_id
 *   email.received           (a reply)
 */
import type { TransactionSql } from 'postgres'
import type { QueuedEvent } from '../../events/subscribe.ts'
import {
  addReplies,
  holdSources,
  type NewOpen,
  reclassify,
  writeOpens,
  writeSent,
} from './project.store.ts'

export const openEvents = [
  'email.opened',
  'email.open_reclassified',
  'email.sent',
  'email.received',
] as const

/** In the transaction that takes the events from the queue, so each is added once. */
export async function projectOpens(
  tx: TransactionSql,
  workspaceId: string,
  events: readonly QueuedEvent[],
): Promise<void> {
  const named = Map.groupBy(events, (event) => event.name)
  const sent = (named.get('email.sent') ?? []).flatMap(sentOf)
  const opens = (named.get('email.opened') ?? []).flatMap(openOf)
  const changed = (named.get('email.open_reclassified') ?? []).flatMap(classOf)
  const replies = Map.groupBy(named.get('email.received') ?? [], (event) => event.source)
  const counted = [...sent, ...opens, ...changed].map((each) => each.source)
  await holdSources(tx, workspaceId, [...counted, ...replies.keys()])
  if (sent.length > 0) await writeSent(tx, workspaceId, sent)
  if (opens.length > 0) await writeOpens(tx, workspaceId, opens)
  if (changed.length > 0) await reclassify(tx, workspaceId, changed)
  if (replies.size > 0) {
    const counts = new Map([...replies].map(([source, own]) => [source, own.length]))
    await addReplies(tx, workspaceId, counts)
  }
}

const MAX_COUNT = 2_147_483_647 // PostgreSQL's integer

function openOf({ source, at, properties }: QueuedEvent): NewOpen[] {
  const emailId = text(properties['email_id'])
  const openKey = text(properties['open_key'])
  if (emailId === null || openKey === null) return [] // somebody else's event of that name
  const count = properties['opens_count']
  return [
    {
      ...{ source, openKey, emailId, openedAt: at },
      leadId: text(properties['lead_id']),
      leadName: text(properties['lead_name']),
      subject: text(properties['subject']),
      recipient: text(properties['recipient']),
      opensCount: Number.isInteger(count) ? Math.min(Math.max(Number(count), 1), MAX_COUNT) : 1,
      machine: properties['class'] === 'machine',
    },
  ]
}

function sentOf({ source, at, properties }: QueuedEvent) {
  const emailId = text(properties['email_id'])
  return emailId === null
    ? []
    : [{ source, emailId, leadId: text(properties['lead_id']), sentAt: at }]
}

function classOf({ source, properties }: QueuedEvent) {
  const openKey = text(properties['open_key'])
  return openKey === null ? [] : [{ source, openKey, machine: properties['class'] === 'machine' }]
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
