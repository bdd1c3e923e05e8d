/**
 * Writes prepared messages in the caller's transaction: whom they are for, their rows, content, new
 * topics, lanes and counters. The API's requests and the runs of journeys come through here.
 */
import type { TransactionSql } from 'postgres'
import { insertTopics } from '../consent/topics/store.ts'
import { addAddresses, findContacts, makeContacts } from '../contacts/resolve.ts'
import type { AddressKind } from '../contacts/schema.ts'
import type { Sql } from '../db/db.ts'
import { AppError, invalid } from '../errors.ts'
import { type Prepared, timesInZone, type Way } from './prepare.ts'
import type { Accepted } from './schema.ts'
import { inParts, insertMessages, type NewRow, priorityNumber } from './store/accept.ts'

export interface Planned {
  readonly row: NewRow
  readonly prepared: Prepared
  readonly way: Way
  /** What its contact has for that way already. */
  known: string | null
  /** Given for the channels that come after, and not their contact's already. */
  readonly later: readonly { readonly kind: AddressKind; readonly address: string }[]
}

export interface Recipient {
  readonly contactId: string | null
  readonly locale: string | null
  readonly timeZone: string | null
  /** By way, in the order of `prepared.ways`: the contact's own address. */
  readonly addresses: readonly (string | null)[]
}

/**
 * Call it as beckon_engine; poke the engine after the commit. Raises what is wrong with the first
 * that cannot be sent: then nothing may be committed.
 */
export async function acceptIn(
  tx: TransactionSql,
  messages: readonly Prepared[],
  now: Date,
): Promise<Accepted[]> {
  if (messages.length === 0) return []
  const recipients = await readRecipients(tx, messages)
  const planned = messages.map((prepared) => {
    const row = planRow(prepared, recipients.get(prepared), now)
    if (row instanceof AppError) throw row
    return row
  })
  await writePlanned(tx, planned, now)
  return planned.map(({ row }) => ({ id: row.id, status: row.status }))
}

/** Everybody whom these are for, in one statement. */
export async function readRecipients(
  sql: Sql,
  messages: readonly Prepared[],
): Promise<Map<Prepared, Recipient>> {
  const recipients = new Map<Prepared, Recipient>()
  const wanted: { prepared: Prepared; way: Way; recipientId: string }[] = []
  for (const prepared of messages) {
    const { contact, recipientId, ways } = prepared
    if (contact) recipients.set(prepared, recipientOf(contact, ways))
    else if (recipientId !== null)
      for (const way of ways) wanted.push({ prepared, way, recipientId })
  }
  if (wanted.length === 0) return recipients
  const found = await findContacts(
    sql,
    wanted.map(({ prepared, way, recipientId }) => ({
      workspaceId: prepared.workspace.id,
      recipientId,
      kind: way.kind,
    })),
  )
  for (const [index, { prepared }] of wanted.entries()) {
    const facts = found[index]
    const address = facts?.address ?? null
    const before = prepared.ways.length > 1 ? recipients.get(prepared) : undefined
    recipients.set(prepared, {
      contactId: facts?.contactId ?? null,
      locale: facts?.locale ?? null,
      timeZone: facts?.timeZone ?? null,
      addresses: before ? [...before.addresses, address] : [address],
    })
  }
  return recipients
}

function recipientOf(contact: NonNullable<Prepared['contact']>, ways: readonly Way[]): Recipient {
  const addresses = ways.map(({ kind }) => (kind === null ? null : contact[kind]))
  return { contactId: contact.id, locale: contact.locale, timeZone: contact.timeZone, addresses }
}

/** The row of one message: takes the first way that reaches its contact. */
export function planRow(
  prepared: Prepared,
  recipient: Recipient | undefined,
  now: Date,
): Planned | AppError {
  const reachable = prepared.ways.findIndex(
    (way, index) =>
      way.kind === null ||
      way.address !== null ||
      recipient?.addresses[index] ||
      way.sender.origin === 'builtin',
  )
  const way = prepared.ways[reachable]
  if (!way) return noAddress(prepared)
  const rest = prepared.ways.slice(reachable + 1).map(onward)
  const times = timesInZone(prepared, recipient?.timeZone ?? null, now)
  if (times instanceof AppError) return times
  const known = recipient?.addresses[reachable] ?? null
  const row: NewRow = {
    workspaceId: prepared.workspace.id,
    id: prepared.id,
    channel: way.channel,
    status: times.status,
    priority: priorityNumber[prepared.priority],
    kind: prepared.kind,
    topic: prepared.topic?.key ?? null,
    contactId: recipient?.contactId ?? null,
    recipientId: prepared.recipientId,
    address: way.address ?? known,
    toName: prepared.name,
    senderId: way.sender.id,
    templateId: prepared.template?.id ?? null,
    templateVersion: prepared.template?.version ?? null,
    locale: prepared.locale ?? recipient?.locale ?? prepared.workspace.locale,
    variables: prepared.variables && JSON.stringify(prepared.variables),
    flags: prepared.flags,
    routing: rest.length > 0 ? JSON.stringify(rest) : null,
    metadata: prepared.metadata && JSON.stringify(prepared.metadata),
    dueAt: times.dueAt,
    scheduledAt: prepared.scheduledAt,
    expiresAt: times.expiresAt,
    sendWindow: times.sendWindow && JSON.stringify(times.sendWindow),
    resendOf: prepared.resendOf,
    fallback: prepared.fallback,
    content: prepared.content,
    attachments: prepared.attachments,
  }
  return { row, prepared, way, known, later: laterAddresses(prepared, recipient, reachable) }
}

/** With the address that was given for it: this message goes there, whatever its contact prefers. */
const onward = ({ channel, address }: Way) =>
  address === null ? { channel } : { channel, address }

/** An address that was given with the message is its contact's from now on, also one that is not used yet. */
function laterAddresses(prepared: Prepared, recipient: Recipient | undefined, taken: number) {
  return prepared.ways.flatMap(({ kind, address }, index) => {
    if (index <= taken || kind === null || address === null) return []
    return address === recipient?.addresses[index] ? [] : [{ kind, address }]
  })
}

const needs = { email: 'an email address', phone: 'a phone number', push: 'a push token' } as const

function noAddress(prepared: Prepared): AppError {
  const kinds = [
    ...new Set(prepared.ways.map((way) => (way.kind ? needs[way.kind] : 'a destination'))),
  ]
  return invalid(
    `${prepared.pointer}/to`,
    `The contact ${JSON.stringify(prepared.recipientId)} has not ${kinds.join(' or ')}. Give one as to, or add it to the contact.`,
  )
}

export async function writePlanned(
  sql: Sql,
  planned: readonly Planned[],
  now: Date,
): Promise<void> {
  if (planned.length === 0) return
  const newTopics = planned.flatMap(({ prepared }) =>
    prepared.topic && !prepared.topic.known
      ? [{ workspaceId: prepared.workspace.id, key: prepared.topic.key }]
      : [],
  )
  await giveContacts(sql, planned, now)
  // Topics, lanes, counters: in this order wherever messages are written, so that nobody deadlocks.
  await Promise.all([
    newTopics.length > 0 ? insertTopics(sql, newTopics, now) : undefined,
    insertMessages(
      sql,
      planned.map(({ row }) => row),
      now,
    ),
  ])
}

/** Whether writePlanned() takes no more than one statement: nobody and nothing is new. */
export function isOneStatement(planned: readonly Planned[]): boolean {
  return (
    planned.every(
      (plan) =>
        (plan.row.contactId !== null || plan.row.recipientId === null) &&
        !bringsAddress(plan) &&
        plan.later.length === 0 &&
        (plan.prepared.topic === null || plan.prepared.topic.known),
    ) && !inParts(planned.map(({ row }) => row))
  )
}

/** Whether its contact may not have the address yet that was given with the message. */
const bringsAddress = ({ row, way, known }: Planned) =>
  row.contactId !== null && way.kind !== null && way.address !== null && way.address !== known

/** Makes the contacts that are new, and adds addresses that were given with a message. */
async function giveContacts(sql: Sql, planned: readonly Planned[], now: Date): Promise<void> {
  const missing = planned.filter(({ row }) => row.contactId === null && row.recipientId !== null)
  const made = await makeContacts(
    sql,
    missing.map(({ row, way, prepared }) => ({
      workspaceId: row.workspaceId,
      recipientId: row.recipientId ?? '',
      kind: way.kind,
      address: way.address,
      name: prepared.name,
    })),
    now,
  )
  for (const [index, plan] of missing.entries()) {
    plan.row.contactId = made[index]?.contactId ?? null
    plan.known = made[index]?.address ?? null
  }
  const given = planned.flatMap((plan) => {
    const { row, way } = plan
    const { workspaceId, contactId } = row
    if (!contactId) return []
    const { kind, address } = way
    const own = bringsAddress(plan) && kind && address ? [{ kind, address }] : []
    return [...own, ...plan.later].map((each) => ({ workspaceId, contactId, ...each }))
  })
  await addAddresses(sql, given, now)
}
