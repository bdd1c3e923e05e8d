/**
 * What a person may ask of us: everything we hold (GDPR Art. 20), and to be forgotten (Art. 17).
 *
 * Rooms that come later hold data about contacts too and hand in their part: app.ts passes
 * an eraser and an exporter of each.
 */
import type { TransactionSql } from 'postgres'
import { getContactView } from '../contacts/find.ts'
import { deleteContacts, listAddresses, listExternalIds, listFamily } from '../contacts/store.ts'
import type { Sql } from '../db/db.ts'
import { forgetEvents } from '../events/forget.ts'
import { recordEvents } from '../events/record.ts'
import { eventView } from '../events/schema.ts'
import { listTimeline } from '../events/store.ts'
import { listConsents } from './store.ts'
import { suppressAll } from './suppress.ts'

/** `contactIds`: the contact and those merged into it. */
export interface Subject {
  readonly contactIds: readonly string[]
  readonly externalIds: readonly string[]
  readonly addresses: readonly { readonly kind: string; readonly address: string }[]
}

export interface SubjectHooks {
  /** Each removes what its room holds about the subject; all in one transaction. */
  readonly erasers?: readonly ((
    sql: TransactionSql,
    workspaceId: string,
    subject: Subject,
    now: Date,
  ) => Promise<void>)[]
  /** Each answers what its room holds, as JSON; the name is its place in the export. */
  readonly exporters?: Readonly<
    Record<string, (sql: Sql, workspaceId: string, subject: Subject) => Promise<unknown>>
  >
}

const MAX_EXPORTED = 10_000 // rows of a kind; more than one person ever has

async function subjectOf(sql: Sql, workspaceId: string, id: string) {
  const contactIds = await listFamily(sql, workspaceId, id)
  const externalIds = await listExternalIds(sql, workspaceId, contactIds)
  return { contactIds, externalIds, addresses: await listAddresses(sql, workspaceId, contactIds) }
}

/** Deletes a contact. Messages, suppressions and events keep what they are about, without it. */
export async function remove(sql: Sql, workspaceId: string, id: string, now: Date): Promise<void> {
  await deleteContacts(sql, workspaceId, await listFamily(sql, workspaceId, id), now)
  await tell(sql, workspaceId, { name: 'contact.deleted', id }, now)
}

/**
 * Forgets a person. Of their addresses only hashes stay, as suppressions: whoever imports an
 * old list does not write to them again. The event is the proof that it was done.
 */
export async function erase(
  sql: TransactionSql,
  workspaceId: string,
  id: string,
  { erasers = [] }: SubjectHooks,
  now: Date,
): Promise<void> {
  const subject = await subjectOf(sql, workspaceId, id)
  const hashes = subject.addresses.map((each) => ({
    ...each,
    reason: 'erased' as const,
    source: 'erase',
  }))
  await suppressAll(sql, workspaceId, hashes, now)
  await forgetEvents(sql, { contactIds: subject.contactIds })
  for (const eraser of erasers) await eraser(sql, workspaceId, subject, now)
  await deleteContacts(sql, workspaceId, subject.contactIds, now)
  await tell(sql, workspaceId, { name: 'contact.erased', id }, now)
}

function tell(sql: Sql, workspaceId: string, what: { name: string; id: string }, now: Date) {
  const event = {
    workspaceId,
    name: what.name,
    contactId: null,
    messageId: null,
    at: now,
    source: 'consent',
    properties: { contact_id: what.id },
  }
  return recordEvents(sql, [event], now)
}

/** Everything we hold about a contact, as JSON. */
export async function takeOut(
  sql: Sql,
  workspaceId: string,
  id: string,
  { exporters = {} }: SubjectHooks,
): Promise<Record<string, unknown>> {
  const subject = await subjectOf(sql, workspaceId, id)
  const all = { limit: MAX_EXPORTED }
  const consents = await listConsents(sql, workspaceId, subject.contactIds, all)
  const events = await listTimeline(sql, workspaceId, subject.contactIds, all)
  const parts: Record<string, unknown> = {
    contact: await getContactView(sql, workspaceId, id),
    consents: consents.map(({ contactId, ...each }) => ({ ...each, contact_id: contactId })),
    events: events.map(eventView),
  }
  for (const [name, exporter] of Object.entries(exporters)) {
    parts[name] = await exporter(sql, workspaceId, subject)
  }
  return parts
}
