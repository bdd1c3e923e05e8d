/**
 * What vendors tell us afterwards, applied to messages: state, event, suppression, consent.
 *
 * Order-free: a state only goes up (life.ts), every receipt has a key and counts once, and
 * a receipt may come before the answer to the request it follows. Opens and clicks are not
 * here: they are evidence to be classified (tracking/).
 */
import type { TransactionSql } from 'postgres'
import { addressKind } from '../channels/address.ts'
import type { ReceiptKind } from '../channels/provider.ts'
import { recordConsent } from '../consent/record.ts'
import { listConsentStates } from '../consent/store.ts'
import { suppress } from '../consent/suppress.ts'
import { type EventInput, recordEvents } from '../events/record.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { rank } from './life.ts'
import type { Status } from './schema.ts'
import { hurryFallbacks } from './store/fallbacks.ts'
import { type Hearer, lockMessages, noteEngagement, raiseStatus } from './store/receipts.ts'

export type StateReceipt = Exclude<ReceiptKind, 'opened' | 'clicked'>

export interface AppliedReceipt {
  readonly workspaceId: string
  readonly messageId: string
  readonly kind: StateReceipt
  readonly at: Date
  readonly detail: string | null
  readonly source: string
  /** Tells two receipts of one kind apart where both count (replies); by default one per kind counts. */
  readonly key?: string
  /** More for people to read, such as the text of a reply. */
  readonly properties?: EventInput['properties']
}

const stateOf: Partial<Record<StateReceipt, Status>> = {
  sent: 'sent',
  delivered: 'delivered',
  bounced: 'bounced',
  failed: 'failed',
}

/** In the caller's transaction, on the engine role. Receipts of unknown messages are dropped. */
export async function applyReceipts(
  tx: TransactionSql,
  receipts: readonly AppliedReceipt[],
  now: Date,
): Promise<void> {
  const messages = await lockMessages(tx, receipts)
  const known = withImplied(receipts, messages).flatMap((receipt) => {
    const message = messages.get(receipt.messageId)
    // That it was sent is news only where the answer was lost.
    const news = receipt.kind !== 'sent' || message?.status === 'unknown'
    return message && news ? [{ receipt, message }] : []
  })
  if (known.length === 0) return
  const named = known.map((each) => ({
    ...each,
    event: { ...eventOf(each.receipt, each.message), id: uuid7() },
  }))
  const fresh = new Set(
    (
      await recordEvents(
        tx,
        named.map(({ event }) => event),
        now,
      )
    ).map((event) => event.id),
  )
  const raised = changes(known)
  await raiseStatus(tx, raised, now)
  const returned = raised.filter(({ status }) => status === 'bounced' || status === 'failed')
  await hurryFallbacks(tx, returned, now)
  await noteEngagement(
    tx,
    known.map(({ receipt }) => receipt),
  )
  for (const { receipt, message, event } of named)
    if (fresh.has(event.id)) await act(tx, receipt, message, now)
}

/**
 * What was delivered was sent. Where the answer was lost, nobody has heard that yet, and vendors'
 * receipts come in any order: one for `sent` that comes after is no news.
 */
function withImplied(
  receipts: readonly AppliedReceipt[],
  messages: ReadonlyMap<string, Hearer>,
): readonly AppliedReceipt[] {
  const told = new Set(receipts.flatMap((each) => (each.kind === 'sent' ? [each.messageId] : [])))
  return receipts.flatMap((receipt) => {
    const { kind, messageId } = receipt
    const implied =
      kind === 'delivered' && messages.get(messageId)?.status === 'unknown' && !told.has(messageId)
    if (!implied) return [receipt]
    told.add(messageId)
    return [{ ...receipt, kind: 'sent', detail: null }, receipt]
  })
}

function eventOf(receipt: AppliedReceipt, message: Hearer): EventInput {
  const metric = receipt.kind
  return {
    workspaceId: receipt.workspaceId,
    name: `message.${receipt.kind}`,
    contactId: message.contactId,
    messageId: receipt.messageId,
    at: receipt.at,
    source: receipt.source,
    properties: { ...receipt.properties, ...(receipt.detail ? { detail: receipt.detail } : {}) },
    key: `${receipt.messageId} ${receipt.kind} ${receipt.key ?? (receipt.kind === 'deferred' ? receipt.at.toISOString() : '')}`,
    count: { channel: message.channel, metric },
  }
}

/** The highest state that the receipts of each message lead to, where it is higher than its own. */
function changes(known: readonly { receipt: AppliedReceipt; message: Hearer }[]) {
  const highest = new Map<
    string,
    { workspaceId: string; id: string; status: Status; detail: string | null }
  >()
  for (const { receipt, message } of known) {
    const status = stateOf[receipt.kind]
    const current = highest.get(receipt.messageId)?.status ?? message.status
    if (!status || rank[status] <= rank[current]) continue
    highest.set(receipt.messageId, {
      workspaceId: receipt.workspaceId,
      id: receipt.messageId,
      status,
      detail: receipt.detail,
    })
  }
  return [...highest.values()]
}

async function act(
  tx: TransactionSql,
  receipt: AppliedReceipt,
  message: Hearer,
  now: Date,
): Promise<void> {
  const kind = addressKind(message.channel)
  if ((receipt.kind === 'bounced' || receipt.kind === 'complained') && kind && message.address) {
    const reason = receipt.kind === 'bounced' ? 'bounce' : 'complaint'
    await suppress(
      tx,
      receipt.workspaceId,
      { kind, address: message.address, reason, source: receipt.source, detail: receipt.detail },
      now,
    )
  }
  if (receipt.kind === 'unsubscribed' && message.contactId) {
    const consent = {
      contactId: message.contactId,
      topic: message.topic ?? '*',
      channel: message.channel,
      granted: false,
    }
    if (await isOff(tx, receipt.workspaceId, consent)) return
    await recordConsent(
      tx,
      receipt.workspaceId,
      {
        ...consent,
        source: receipt.source,
        proof: {},
        at: receipt.at,
        messageId: receipt.messageId,
      },
      now,
    )
  }
}

/** A no to the topic on every channel says it all: a second one would outlive a later yes to the topic. */
async function isOff(
  tx: TransactionSql,
  workspaceId: string,
  { contactId, topic }: { contactId: string; topic: string },
): Promise<boolean> {
  const states = await listConsentStates(tx, workspaceId, contactId)
  return states.some((each) => each.topic === topic && each.channel === '*' && !each.granted)
}
