/**
 * Writes what a connector brought: contacts, then their events, in the caller's transaction. The same
 * records again change nothing: an event's key counts once, whoever tells it and how often.
 */
import type { EventRecord, Records } from '../connectors/connector.ts'
import type { Sql } from '../db/db.ts'
import { type EventInput, recordEvents } from '../events/record.ts'
import { storable, storableText } from '../lib/storable.ts'
import { findGateways } from './gateways.ts'
import { identityOf, keyOf, type SavedContact, saveContacts } from './saveContacts.ts'
import { addEventCounts } from './store/counts.ts'

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
  const named = events.flatMap(({ contact }) => contact ?? [])
  const ids = await saveContacts(tx, target, { records: contacts, named }, now)
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

function inputOf(
  { name, key, at, contact, properties }: EventRecord,
  { workspaceId, source }: Target,
  ids: ReadonlyMap<string, SavedContact>,
): EventInput {
  const contactId = contact ? (ids.get(keyOf(identityOf(contact)))?.id ?? null) : null
  return {
    ...{ workspaceId, source, name, contactId, messageId: null, at, key: storableText(key) },
    properties: storable(properties) as EventInput['properties'], // JSON by contract
  }
}
