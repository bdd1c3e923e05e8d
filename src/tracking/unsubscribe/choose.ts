/**
 * What people choose on the pages behind our links: to get no more of a topic, of anything,
 * or to get it again. Each is recorded as a consent, which the gate reads in the moment of
 * sending: an unsubscribe is a consent, not a suppression.
 *
 * All of them are idempotent: what is so already is not recorded again.
 */
import type { TransactionSql } from 'postgres'
import { addressKind } from '../../channels/address.ts'
import { type ConsentInput, recordConsents } from '../../consent/record.ts'
import type { ConsentState, Topic } from '../../consent/schema.ts'
import { listConsentStates, listTopics } from '../../consent/store.ts'
import { applyReceipts } from '../../messages/receipts.ts'
import { contactsAt, type Recipient } from '../store/recipients.ts'

const ALL = '*'

/** Whose choice it is: the message by which it came, in the caller's transaction. */
export interface Chooser {
  readonly tx: TransactionSql
  readonly workspaceId: string
  readonly recipient: Recipient
  readonly source: string
  readonly now: Date
}

/** No more of the message's topic, on any channel; of everything when it has none. */
export async function unsubscribe(chooser: Chooser): Promise<void> {
  await leave(chooser, chooser.recipient.topic ?? ALL)
}

export async function unsubscribeFromAll(chooser: Chooser): Promise<void> {
  await leave(chooser, ALL)
}

export async function resubscribe(chooser: Chooser): Promise<void> {
  const topic = chooser.recipient.topic ?? ALL
  for (const contactId of await contactsOf(chooser)) {
    const states = await statesOf(chooser, contactId)
    await record(chooser, contactId, restore(states, topic))
  }
}

async function leave(chooser: Chooser, topic: string): Promise<void> {
  const { tx, workspaceId, recipient, source, now } = chooser
  const contacts = await contactsOf(chooser)
  let changed = contacts.length === 0
  for (const contactId of contacts) {
    const states = await statesOf(chooser, contactId)
    if (isWithdrawn(states, topic, ALL)) continue
    await record(chooser, contactId, [{ topic, channel: ALL, granted: false }])
    changed = true
  }
  if (!changed) return
  const { messageId } = recipient
  await applyReceipts(
    tx,
    [{ workspaceId, messageId, kind: 'unsubscribed', at: now, detail: null, source }],
    now,
  )
}

export interface Preferences {
  readonly topics: readonly (Topic & { subscribed: boolean })[]
  readonly unsubscribedFromAll: boolean
}

/** What may be chosen: marketing only, since nobody unsubscribes from password resets. */
export async function readPreferences(chooser: Chooser): Promise<Preferences> {
  const [contactId] = await contactsOf(chooser)
  const states = contactId === undefined ? [] : await statesOf(chooser, contactId)
  const topics = (await listTopics(chooser.tx, chooser.workspaceId)).filter(
    ({ kind }) => kind === 'marketing',
  )
  const { channel } = chooser.recipient
  const off = (topic: string) =>
    isWithdrawn(states, topic, ALL) || isWithdrawn(states, topic, channel)
  const unsubscribedFromAll = off(ALL)
  return {
    topics: topics.map((topic) => ({
      ...topic,
      subscribed: !unsubscribedFromAll && !off(topic.key),
    })),
    unsubscribedFromAll,
  }
}

/** `wanted` are the keys that are ticked; every other marketing topic is withdrawn. */
export async function savePreferences(
  chooser: Chooser,
  wanted: ReadonlySet<string>,
): Promise<void> {
  const { topics, unsubscribedFromAll } = await readPreferences(chooser)
  const ticked = topics.filter((topic) => wanted.has(topic.key))
  if (unsubscribedFromAll && ticked.length === 0) return
  for (const contactId of await contactsOf(chooser)) {
    const states = await statesOf(chooser, contactId)
    const choices = topics.flatMap((topic) => {
      if (wanted.has(topic.key)) return restore(states, topic.key)
      return isWithdrawn(states, topic.key, ALL)
        ? []
        : [{ topic: topic.key, channel: ALL, granted: false }]
    })
    await record(chooser, contactId, [
      ...(ticked.length > 0 ? restore(states, ALL) : []),
      ...choices,
    ])
  }
}

type Choice = Pick<ConsentInput, 'topic' | 'channel' | 'granted'>

/** Takes back each no to a topic, whatever the channel it was said for. */
function restore(states: readonly ConsentState[], topic: string): Choice[] {
  return states
    .filter((state) => state.topic === topic && !state.granted)
    .map((state) => ({ topic, channel: state.channel, granted: true }))
}

function isWithdrawn(states: readonly ConsentState[], topic: string, channel: string): boolean {
  return states.some(
    (state) => state.topic === topic && state.channel === channel && !state.granted,
  )
}

function statesOf({ tx, workspaceId }: Chooser, contactId: string) {
  return listConsentStates(tx, workspaceId, contactId)
}

/** The message's contact; for a message to a bare address, everybody who has it. */
async function contactsOf({ tx, workspaceId, recipient }: Chooser): Promise<string[]> {
  if (recipient.contactId !== null) return [recipient.contactId]
  const kind = addressKind(recipient.channel)
  if (kind === null || recipient.address === null) return []
  return contactsAt(tx, workspaceId, kind, recipient.address)
}

async function record(
  chooser: Chooser,
  contactId: string,
  choices: readonly Choice[],
): Promise<void> {
  const { tx, workspaceId, recipient, source, now } = chooser
  const proof = { message_id: recipient.messageId }
  const inputs = choices.map((choice) => ({
    ...choice,
    contactId,
    source,
    proof,
    at: now,
    messageId: recipient.messageId,
  }))
  await recordConsents(tx, workspaceId, inputs, now)
}
