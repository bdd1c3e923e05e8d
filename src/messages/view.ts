/** How a message is shown: its row, what happened to it in words, what its recipient did. */
import type { z } from 'zod'
import type { Sql } from '../db/db.ts'
import { type Event, listMessageEvents } from '../events/store.ts'
import { nextOpening } from '../lib/window.ts'
import { type MessageSummary, type MessageView, priorities, type TimelineEntry } from './schema.ts'
import { findNames } from './store/about.ts'
import { type EngagementRow, findClasses, findEngagement, type MessageRow } from './store/read.ts'

const iso = (date: Date | null | undefined) => date?.toISOString() ?? null

export function summaryOf(row: MessageRow): z.infer<typeof MessageSummary> {
  const bad =
    row.status === 'failed' ||
    row.status === 'bounced' ||
    row.status === 'unknown' ||
    row.status === 'queued'
  return {
    id: row.id,
    status: row.status,
    channel: row.channel,
    recipient_id: row.recipientId,
    contact_id: row.contactId,
    to: row.address,
    priority: priorities[row.priority] ?? 'normal',
    category: row.topic,
    kind: row.kind,
    template_id: row.templateId,
    template_version: row.templateVersion,
    sender_id: row.senderId,
    attempts: row.attempt,
    skip_reason: row.status === 'skipped' ? row.reason : null,
    error: bad ? row.reason : null,
    detail: row.detail ?? whyHeld(row),
    held_until: row.status === 'held' ? iso(row.dueAt) : null,
    scheduled_at: iso(row.scheduledAt),
    expires_at: row.expiresAt.toISOString(),
    provider_message_id: row.providerMessageId,
    resend_of: row.resendOf,
    metadata: row.metadata,
    created_at: row.createdAt.toISOString(),
    sent_at: iso(row.sentAt),
  }
}

/** As dispatch/holdOutside.ts says it of those that are held later. */
const whyHeld = ({ status, reason, dueAt }: MessageRow) =>
  status === 'held' && reason === 'window'
    ? `Waits for its hours, until ${dueAt.toISOString()}.`
    : null

/** A message with everything that happened to it. */
export async function viewOf(sql: Sql, row: MessageRow): Promise<z.infer<typeof MessageView>> {
  const [events, engagement, classes, names] = await Promise.all([
    listMessageEvents(sql, row.workspaceId, row.id),
    findEngagement(sql, row.workspaceId, row.id),
    findClasses(sql, row.workspaceId, row.id),
    findNames(sql, row.workspaceId, row),
  ])
  const known = events.map((event) => {
    const now = classes.get(event.id)
    return now === undefined ? event : { ...event, properties: { ...event.properties, class: now } }
  })
  return {
    ...summaryOf(row),
    ...{ template_name: names.template, sender_name: names.sender, provider: names.provider },
    engagement: engagementOf(engagement),
    timeline: [accepted(row), ...known.map(entryOf)],
  }
}

function engagementOf(row: EngagementRow | undefined): z.infer<typeof MessageView>['engagement'] {
  return {
    opens: row?.opens ?? 0,
    human_opens: row?.humanOpens ?? 0,
    clicks: row?.clicks ?? 0,
    human_clicks: row?.humanClicks ?? 0,
    first_open_at: iso(row?.firstOpenAt),
    first_human_open_at: iso(row?.firstHumanOpenAt),
    first_click_at: iso(row?.firstClickAt),
    first_human_click_at: iso(row?.firstHumanClickAt),
    replied_at: iso(row?.repliedAt),
    complained_at: iso(row?.complainedAt),
    unsubscribed_at: iso(row?.unsubscribedAt),
  }
}

/** The row itself is the record of its acceptance. */
function accepted(row: MessageRow): z.infer<typeof TimelineEntry> {
  return {
    at: row.createdAt.toISOString(),
    event: 'message.accepted',
    detail: wordsOfAcceptance(row),
    properties: {},
  }
}

function wordsOfAcceptance({ scheduledAt, createdAt, sendWindow }: MessageRow): string {
  const later = scheduledAt !== null && scheduledAt > createdAt ? scheduledAt : null
  const wantedAt = later ?? createdAt
  const opensAt = sendWindow ? nextOpening(sendWindow, wantedAt, 'UTC') : wantedAt // its zone was written with it
  if (opensAt > wantedAt) return `Accepted, to wait for its hours, until ${opensAt.toISOString()}.`
  return later ? `Accepted, to be sent at ${later.toISOString()}.` : 'Accepted.'
}

function entryOf(event: Event): z.infer<typeof TimelineEntry> {
  return {
    at: event.at.toISOString(),
    event: event.name,
    detail: wordsOf(event),
    properties: event.properties,
  }
}

const words: Readonly<Record<string, (p: Readonly<Record<string, unknown>>) => string>> = {
  'message.sent': (p) =>
    `Handed to ${p['provider']} in attempt ${p['attempt']}: ${p['reply'] || 'accepted'}`,
  'message.retried': (p) =>
    `Attempt ${p['attempt'] ?? ''} failed and will be repeated: ${p['error'] ?? p['detail'] ?? ''}`,
  'message.rerouted': (p) =>
    `Goes by ${p['next_channel']} ${p['next_message_id'] ? `too, as ${p['next_message_id']}` : 'now'}: ${p['detail'] ?? p['reason'] ?? ''}`,
  'message.fallback_ended': (p) => `Goes no other way: ${p['detail'] ?? p['reason'] ?? ''}`,
  'message.failed': (p) => `Failed: ${p['error'] ?? p['detail'] ?? p['reason'] ?? ''}`,
  'message.skipped': (p) => `Not sent: ${p['detail'] ?? p['reason'] ?? ''}`,
  'message.expired': (p) => `Not sent: ${p['detail'] ?? 'its time was over'}`,
  'message.unknown': (p) =>
    `No answer came, so it may or may not have been sent: ${p['error'] ?? p['detail'] ?? ''}`,
  'message.delivered': () => 'Delivered.',
  'message.deferred': (p) => `Delayed on the way: ${p['detail'] ?? ''}`,
  'message.bounced': (p) => `Bounced: ${p['detail'] ?? ''}`,
  'message.complained': () => 'Marked as spam by its recipient.',
  'message.unsubscribed': () => 'The recipient unsubscribed.',
  'message.replied': () => 'The recipient replied.',
  'message.opened': (p) => `Opened (${p['class'] ?? 'human'}).`,
  'message.clicked': (p) =>
    p['url']
      ? `Clicked (${p['class'] ?? 'human'}): ${p['url']}.`
      : `Clicked (${p['class'] ?? 'human'}).`,
  'message.cancelled': () => 'Cancelled.',
  'message.held': (p) => `Held: ${p['detail'] ?? ''}`,
  'message.rescheduled': () => 'Scheduled anew.',
  'message.requeued': (p) => `Queued again; it was ${p['from']}.`,
  'message.returned': () => 'Given back unsent, to be sent again.',
  'message.settled_by_hand': () => 'Settled by hand.',
  'message.edited': () => 'Its text was changed where it had arrived.',
  'message.edit_failed': (p) =>
    `Its text could not be changed where it had arrived: ${p['detail'] ?? ''}`,
  'consent.withdrawn': (p) => `A no was recorded: ${scopeOf(p)}`,
  'consent.granted': (p) => `A yes was recorded: ${scopeOf(p)}`,
}

/** What a consent is about; `*` is all. */
function scopeOf({ topic, channel }: Readonly<Record<string, unknown>>): string {
  const what = topic === '*' ? 'all marketing' : String(topic)
  return channel === '*' ? what : `${what}, ${String(channel)}`
}

function wordsOf(event: Event): string {
  return words[event.name]?.(event.properties) ?? event.name
}
