/**
 * Writes what a connector brought: contacts, then their events, in the caller's transaction. The same
 * records again change nothing: an event's key counts once, whoever tells it and how often.
 */

import type { ContactRecord, EventRecord, Records } from '../connectors/connector.ts'
import { normaliseAddress, type PlainAddress } from '../contacts/normalise.ts'
import { type Identity, type Upsert, upsertContacts } from '../contacts/upsert.ts'
import type { Json, Sql } from '../db/db.ts'
import { type EventInput, recordEvents } from '../events/record.ts'
import { storable, storableText } from '../lib/storable.ts'
import { findGateways } from './gateways.ts'
import { addEventCounts } from './store/counts.ts'

const MAX_ID = 255 // characters of an external id
const MAX_NAME = 500

export interface Target {
  readonly workspaceId: string
  readonly connectionId: string
  /** The connector's id: the source of its events. */
  readonly source: string
}

export interface Applied {
  /** Events that were new. */
  readonly fresh: number
  /** Keys of all events that are recorded now, by this call or before. */
  readonly keys: readonly string[]
}

/** `again`: events, by name, that were left out because their keys are known already. */
export async function applyRecords(
  tx: Sql,
  target: Target,
  { records, again }: { records: Records; again: ReadonlyMap<string, number> },
  now: Date,
): Promise<Applied> {
  const contacts = records.filter((record) => record.kind === 'contact')
  const events = records.filter((record) => record.kind === 'event')
  const ids = await saveContacts(tx, target, { contacts, events }, now)
  const inputs = events.map((event) => inputOf(event, target, ids))
  const recorded = await recordEvents(tx, inputs, now)
  const found = await findGateways(tx, target, recorded, now)
  const marked = await recordEvents(tx, found, now)
  const counts = countsOf(inputs, recorded, again)
  if (counts.length > 0) await addEventCounts(tx, target, counts, now)
  return { fresh: recorded.length + marked.length, keys: events.map((event) => event.key) }
}

function countsOf(
  inputs: readonly EventInput[],
  recorded: readonly EventInput[],
  again: ReadonlyMap<string, number>,
) {
  const names = new Set([...inputs.map((each) => each.name), ...again.keys()])
  return [...names].map((name) => {
    const told = inputs.filter((each) => each.name === name).length
    const fresh = recorded.filter((each) => each.name === name).length
    return { name, fresh, again: told - fresh + (again.get(name) ?? 0) }
  })
}

type Whose = Pick<ContactRecord, 'source' | 'externalId'>
const keyOf = ({ source, externalId }: Identity) => `${source} ${externalId}`
const identityOf = ({ source, externalId }: Whose): Identity => ({
  source,
  externalId: storableText(externalId).slice(0, MAX_ID),
})

/** Ids of contacts by source and id; those that are only named by an event are made too. */
async function saveContacts(
  tx: Sql,
  { workspaceId }: Target,
  { contacts, events }: { contacts: readonly ContactRecord[]; events: readonly EventRecord[] },
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const inputs = contacts.map(upsertOf)
  const known = new Set(contacts.map((each) => keyOf(identityOf(each))))
  for (const { contact } of events) {
    if (!contact || known.has(keyOf(identityOf(contact)))) continue
    known.add(keyOf(identityOf(contact)))
    inputs.push({ identities: [identityOf(contact)], details: {}, addresses: [] })
  }
  if (inputs.length === 0) return new Map()
  const answers = await upsertContacts(tx, workspaceId, inputs, now)
  return new Map(
    answers.flatMap((answer, at) =>
      answer.ok ? inputs[at]!.identities.map((each) => [keyOf(each), answer.id] as const) : [],
    ),
  )
}

function upsertOf(record: ContactRecord): Upsert {
  const { name, traits } = record
  const addresses = [...addressOf('email', record.email), ...addressOf('phone', record.phone)]
  const details = {
    ...(name ? { name: storableText(name).trim().slice(0, MAX_NAME).toWellFormed() } : {}),
    ...(traits ? { traits: storable(traits) as { [key: string]: Json } } : {}), // JSON by contract
  }
  return { identities: [identityOf(record)], details, addresses }
}

/** What is no address is left out: a connector's system may hold anything. */
function addressOf(kind: 'email' | 'phone', text: string | null | undefined): PlainAddress[] {
  const normalised = text ? normaliseAddress(kind, storableText(text), null) : null
  return normalised?.ok
    ? [{ kind, address: normalised.address, primary: true, verified: false }]
    : []
}

function inputOf(
  { name, key, at, contact, properties }: EventRecord,
  { workspaceId, source }: Target,
  ids: ReadonlyMap<string, string>,
): EventInput {
  const contactId = contact ? (ids.get(keyOf(identityOf(contact))) ?? null) : null
  return {
    ...{ workspaceId, source, name, contactId, messageId: null, at, key: storableText(key) },
    properties: storable(properties) as EventInput['properties'], // JSON by contract
  }
}
