/**
 * Notes a yes or a no: a line in the ledger, which is never changed; the last word, which
 * the gate reads; and an event, which others follow.
 */
import type { Json, Sql } from '../db/db.ts'
import { recordEvents } from '../events/record.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { saveConsents } from './store.ts'

export interface ConsentInput {
  readonly contactId: string
  /** A topic's key, or `*` for all marketing. */
  readonly topic: string
  /** A channel, or `*` for all. */
  readonly channel: string
  readonly granted: boolean
  readonly source: string
  readonly proof: { readonly [key: string]: Json | undefined }
  /** When it was said; absent: now. An older word never replaces a newer one. */
  readonly at?: Date | undefined
  /** The message by which it was said. */
  readonly messageId?: string | null | undefined
}

export interface RecordedConsent extends ConsentInput {
  readonly id: string
  readonly at: Date
}

export async function recordConsent(
  sql: Sql,
  workspaceId: string,
  consent: ConsentInput,
  now: Date,
): Promise<RecordedConsent> {
  const [recorded] = await recordConsents(sql, workspaceId, [consent], now)
  return recorded!
}

export async function recordConsents(
  sql: Sql,
  workspaceId: string,
  consents: readonly ConsentInput[],
  now: Date,
): Promise<RecordedConsent[]> {
  const recorded = consents.map((each) => ({ ...each, id: uuid7(), at: each.at ?? now }))
  if (recorded.length === 0) return []
  await saveConsents(sql, workspaceId, recorded)
  const events = recorded.map((each) => ({
    workspaceId,
    name: each.granted ? 'consent.granted' : 'consent.withdrawn',
    contactId: each.contactId,
    messageId: each.messageId ?? null,
    at: each.at,
    source: each.source,
    properties: { consent_id: each.id, topic: each.topic, channel: each.channel },
  }))
  await recordEvents(sql, events, now)
  return recorded
}
