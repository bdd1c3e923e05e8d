/** The events that hits become. */
import type { TransactionSql } from 'postgres'
import type { EventInput } from '../../events/record.ts'
import { HONEYPOT_LINK } from '../../lib/token.ts'
import { staticLinks } from '../intake/destinations.ts'
import type { Engagement } from '../store/engagements.ts'
import { findOwnLinks, type HitMessage } from '../store/messages.ts'
import type { ProjectDeps } from './project.ts'

const names = { open: 'message.opened', click: 'message.clicked' } as const

export async function eventsOf(
  tx: TransactionSql,
  workspaceId: string,
  { messages, rows }: { messages: ReadonlyMap<string, HitMessage>; rows: readonly Engagement[] },
  deps: ProjectDeps,
): Promise<EventInput[]> {
  // The hidden link is none of those that the message has for its reader.
  const clicks = rows.filter(
    (row) => row.kind === 'click' && row.source === 'web' && row.linkIndex !== HONEYPOT_LINK,
  )
  const own = await findOwnLinks(tx, workspaceId, clicks)
  const urlOf = async (row: Engagement) =>
    own.get(`${row.messageId} ${row.linkIndex}`) ??
    (await staticLinks(messages.get(row.messageId)!, workspaceId, deps.templates))[row.linkIndex] ??
    null
  const urls = new Map<string, string | null>()
  for (const click of clicks) urls.set(click.id, await urlOf(click))
  return rows.map((row) => ({
    workspaceId,
    id: row.id,
    name: names[row.kind],
    contactId: messages.get(row.messageId)!.contactId,
    messageId: row.messageId,
    at: row.at,
    source: row.source === 'web' ? 'tracking' : row.source,
    properties: {
      class: row.class,
      reason: row.reason,
      ip: deps.logPii ? row.ip : row.network,
      user_agent: row.userAgent,
      ...(urls.has(row.id) ? { link_index: row.linkIndex, url: urls.get(row.id) ?? null } : {}),
    },
  }))
}
