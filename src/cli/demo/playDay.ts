/**
 * Plays one day of the demo: its messages are accepted, go through the gate, are settled and answered
 * by the functions that do so every day, told the time of then. Opens and clicks wait in the inbox of
 * hits as any others, mail that Close would have told of and orders are events.
 *
 * All of a day is one transaction with the event that says so: interrupted, the day has not been.
 * Nobody else sees a message before it is settled, so no process sends one.
 */
import { randomUUID } from 'node:crypto'
import type { TransactionSql } from 'postgres'
import type { Assembly } from '../../app/assemble.ts'
import { addressKind } from '../../channels/address.ts'
import { addressHash } from '../../consent/hash.ts'
import type { Db } from '../../db/db.ts'
import { type EventInput, recordEvents } from '../../events/record.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { acceptIn } from '../../messages/acceptIn.ts'
import { readFacts } from '../../messages/facts.ts'
import { gate } from '../../messages/gate.ts'
import { LEASE_SECONDS } from '../../messages/life.ts'
import { type Prepared, prepare } from '../../messages/prepare.ts'
import { NewMessage } from '../../messages/schema.ts'
import { type Intent, intend } from '../../messages/store/intend.ts'
import { type Settlement, settle } from '../../messages/store/settle.ts'
import { takeReceipts } from '../../tracking/receive.ts'
import type { Day, PlannedMessage, Round, SalesMail } from './plan.ts'

export const SOURCE = 'demo'
const ANSWER_MS = 1_000 // between acceptance and the sandbox's answer

export interface Stage {
  readonly db: Db
  readonly workspaceId: string
  readonly directories: Assembly['directories']
  /** By external id. */
  readonly contacts: ReadonlyMap<string, string>
}

interface Part {
  readonly planned: PlannedMessage
  readonly prepared: Prepared
}

/** False when the day was played before. */
export async function playDay(stage: Stage, day: Day): Promise<boolean> {
  const { db, workspaceId } = stage
  const parts: Part[][] = []
  for (const round of day.rounds) parts.push(await prepareRound(stage, round))
  return db.engine.begin(async (tx) => {
    const now = db.clock.now()
    const key = `day/${day.date}`
    const mark = { ...nobody(workspaceId), name: 'demo.day_filled', at: now, key, properties: {} }
    if ((await recordEvents(tx, [mark], now)).length === 0) return false
    for (const [index, round] of day.rounds.entries())
      await playRound(tx, stage, { at: round.at, parts: parts[index]! }, now)
    await recordEvents(
      tx,
      [...day.sales.flatMap((mail) => eventsOfMail(stage, mail)), ...ordersOf(stage, day)],
      now,
    )
    return true
  }) as Promise<boolean>
}

const nobody = (workspaceId: string) => ({
  workspaceId,
  contactId: null,
  messageId: null,
  source: SOURCE,
})

async function prepareRound({ directories, workspaceId }: Stage, round: Round): Promise<Part[]> {
  const parts: Part[] = []
  const all = round.messages.map((planned) => ({
    planned,
    item: NewMessage.parse(planned.request),
  }))
  const facts = await readFacts(
    directories,
    workspaceId,
    all.map(({ item }) => item),
  )
  for (const { planned, item } of all)
    for (const prepared of prepare(facts, item, { pointer: '', now: round.at }))
      parts.push({ planned, prepared })
  return parts
}

async function playRound(
  tx: TransactionSql,
  { workspaceId, contacts }: Stage,
  { at, parts }: { at: Date; parts: readonly Part[] },
  now: Date,
): Promise<void> {
  await acceptIn(
    tx,
    parts.map(({ prepared }) => prepared),
    at,
  )
  const lease = { id: randomUUID(), processId: randomUUID(), now: at }
  const until = new Date(+at + LEASE_SECONDS * 1000)
  const wanted = parts.map(wantedOf).sort((a, b) => (a.id < b.id ? -1 : 1))
  const intents = new Map(
    (await intend(tx, wanted, { ...lease, until })).map((each) => [each.id, each]),
  )
  const answeredAt = new Date(+at + ANSWER_MS)
  const settled = parts.flatMap((part) => {
    const intent = intents.get(part.prepared.id)
    const contactId = contacts.get(part.planned.person.externalId) ?? null
    return intent
      ? [settlementOf(part, intent, { lease: lease.id, at: answeredAt, contactId })]
      : []
  })
  await settle(tx, settled, now)
  const sent = new Set(settled.filter(({ status }) => status === 'sent').map(({ id }) => id))
  const located = parts.flatMap(({ planned, prepared: { id } }) =>
    sent.has(id)
      ? planned.reactions.map((reaction) => ({
          messageId: id,
          receipt: { ...reaction, messageId: id },
        }))
      : [],
  )
  await takeReceipts(tx, { workspaceId, source: 'sandbox', told: 'sandbox' }, located, now)
}

function wantedOf({ planned: { person }, prepared }: Part) {
  const way = prepared.ways[0]!
  const address = way.kind === 'email' ? person.email : person.phone
  const kind = addressKind(way.channel)
  const { pepper, id: workspaceId } = prepared.workspace
  return {
    ...{ workspaceId, id: prepared.id, senderId: way.sender.id, attempt: 0, kind },
    addressHash: kind && addressHash(pepper, kind, address),
  }
}

function settlementOf(
  { planned, prepared }: Part,
  intent: Intent,
  { lease, at, contactId }: { lease: string; at: Date; contactId: string | null },
): Settlement {
  const { sender, channel } = prepared.ways[0]!
  const row = {
    ...{ workspaceId: prepared.workspace.id, id: prepared.id, lease, channel, at },
    ...{ contactId, dueAt: null, providerMessageId: null, eventId: uuid7(+at) },
  }
  const attempted = {
    attempt: 1,
    sender_id: sender.id,
    provider: 'sandbox',
    duration_ms: planned.durationMs,
  }
  const verdict = gate(intent)
  if (!intent.gone && !verdict.go) {
    const { status, reason, detail } = verdict
    return {
      ...row,
      status,
      reason,
      detail,
      event: `message.${status}`,
      properties: { reason, detail },
    }
  }
  if (planned.refusal === 'failed') {
    const [reason, detail] = ['content', 'The sandbox refused this recipient.']
    const properties = { ...attempted, error: detail }
    return { ...row, status: 'failed', reason, detail, event: 'message.failed', properties }
  }
  if (planned.refusal === 'unknown') {
    const [reason, detail] = ['unanswered', 'The sandbox lost its answer.']
    const properties = { ...attempted, error: detail }
    return { ...row, status: 'unknown', reason, detail, event: 'message.unknown', properties }
  }
  const properties = { ...attempted, reply: 'accepted by the sandbox' }
  const sent = { status: 'sent', reason: null, detail: null, event: 'message.sent' } as const
  return { ...row, ...sent, providerMessageId: `sandbox-${row.id}`, properties }
}

/** As the connector Close tells of a salesperson's mail. */
function eventsOfMail(stage: Stage, mail: SalesMail): readonly EventInput[] {
  const { person, subject, id } = mail
  const email = `demo-mail-${id}`
  const shared = {
    ...nobody(stage.workspaceId),
    ...about(stage, person.externalId),
    source: 'close',
  }
  const properties = {
    email_id: email,
    lead_id: `demo-lead-${person.externalId}`,
    subject,
    recipient: person.email,
  }
  const opened = mail.opens.map(({ at, machine }, index) => ({
    ...{ ...shared, name: 'email.opened', key: `open/${email}/${index}`, at },
    properties: {
      ...properties,
      ...{ open_key: `${email}/${index}`, lead_name: person.name, opens_count: index + 1 },
      ...{ class: machine ? 'machine' : 'human', reason: machine ? 'user_agent' : 'person' },
    },
  }))
  const answered = mail.answeredAt && {
    ...{
      ...shared,
      name: 'email.received',
      key: `received/${email}`,
      at: mail.answeredAt,
      properties,
    },
  }
  return [
    { ...shared, name: 'email.sent', key: `sent/${email}`, at: mail.sentAt, properties },
    ...opened,
    ...(answered ? [answered] : []),
  ]
}

function ordersOf(stage: Stage, { orders, date }: Day): readonly EventInput[] {
  return orders.map(({ person, at, total }, index) => ({
    ...{ ...nobody(stage.workspaceId), ...about(stage, person.externalId) },
    ...{
      name: 'order.placed',
      at,
      key: `order/${date}/${index}`,
      properties: { total, currency: 'EUR' },
    },
  }))
}

const about = ({ contacts }: Stage, externalId: string) => ({
  contactId: contacts.get(externalId) ?? null,
})
