/**
 * Writes the contacts that a connector brought, by the rules of its mapping. Whose fields all go by
 * "theirs" is written at once; of the others it is first read what is there, under the lock that writing takes.
 */
import type { ContactRecord } from '../connectors/connector.ts'
import { normaliseAddress, type PlainAddress } from '../contacts/normalise.ts'
import { type Details, saveDetails } from '../contacts/upsert.store.ts'
import { type Identity, saveAddresses, type Upsert, upsertContacts } from '../contacts/upsert.ts'
import type { Json, Sql } from '../db/db.ts'
import { storable, storableText } from '../lib/storable.ts'
import type { Target } from './applyRecords.ts'
import { isTheirs, markOf } from './decide.ts'
import {
  type ContactFields,
  type Marks,
  readFields,
  readMarks,
  saveMarks,
} from './store/readings.ts'

const MAX_ID = 255 // characters of an external id
const MAX_NAME = 500

type Whose = Pick<ContactRecord, 'source' | 'externalId'>
export const keyOf = ({ source, externalId }: Identity) => `${source} ${externalId}`
export const identityOf = ({ source, externalId }: Whose): Identity => ({
  source,
  externalId: storableText(externalId).slice(0, MAX_ID),
})

interface Wanted {
  readonly records: readonly ContactRecord[]
  /** Whom events name. */
  readonly named: readonly Whose[]
  /** It is taken back, and the connection may be none yet. */
  readonly isTrial?: boolean
}

export interface SavedContact {
  readonly id: string
  readonly created: boolean
}

/** By keyOf; those that are only named are made too. Whose ids are several people's is left out. */
export async function saveContacts(
  tx: Sql,
  target: Target,
  { records, named, isTrial = false }: Wanted,
  now: Date,
): Promise<ReadonlyMap<string, SavedContact>> {
  const wanted = records.map((record) => ({
    record,
    upsert: upsertOf(record),
    isRuled: isRuled(record),
  }))
  const known = new Set(records.map((each) => keyOf(identityOf(each))))
  const bare = [...new Map(named.map((each) => [keyOf(identityOf(each)), identityOf(each)]))]
    .filter(([key]) => !known.has(key))
    .map(([, identity]) => ({ identities: [identity], details: {}, addresses: [] }))
  const inputs = [
    ...wanted.map((each) => (each.isRuled ? unsaid(each.upsert) : each.upsert)),
    ...bare,
  ]
  if (inputs.length === 0) return new Map()
  const answers = await upsertContacts(tx, target.workspaceId, inputs, now)
  const ruled = wanted.flatMap(({ record, upsert, isRuled }, at) => {
    const answer = answers[at]!
    return isRuled && answer.ok ? [{ id: answer.id, record, upsert }] : []
  })
  if (ruled.length > 0) await saveRuled(tx, { ...target, isTrial }, ruled, now)
  return new Map(
    answers.flatMap((answer, at) =>
      answer.ok ? inputs[at]!.identities.map((each) => [keyOf(each), answer] as const) : [],
    ),
  )
}

const isRuled = ({ rules = {} }: ContactRecord) =>
  Object.values(rules).some((rule) => rule !== 'theirs')

/** Only that they are there: an address is added, and stands first only where it is the only one. */
const unsaid = ({ identities, addresses }: Upsert): Upsert => ({
  identities,
  details: {},
  addresses: addresses.map((each) => ({ ...each, primary: false })),
})

interface Ruled {
  readonly id: string
  readonly record: ContactRecord
  readonly upsert: Upsert
}

async function saveRuled(
  tx: Sql,
  target: Target & { isTrial: boolean },
  all: readonly Ruled[],
  now: Date,
): Promise<void> {
  const { workspaceId } = target
  const ids = all.map(({ id }) => id)
  const there = await readFields(tx, workspaceId, ids)
  const marks = await readMarks(tx, target, ids)
  const details = new Map<string, Details>()
  const addresses: { contactId: string; addresses: PlainAddress[] }[] = []
  const said = new Map<string, Marks>()
  for (const each of all) {
    const contact = there.get(each.id)
    if (!contact) continue
    const taken = takenOf(each, contact, marks.get(each.id) ?? {})
    details.set(each.id, { ...details.get(each.id), ...taken.details })
    addresses.push({ contactId: each.id, addresses: taken.addresses })
    said.set(each.id, { ...said.get(each.id), ...taken.said })
  }
  await saveDetails(tx, workspaceId, details, now)
  await saveAddresses(tx, workspaceId, addresses, now)
  if (!target.isTrial) await saveMarks(tx, target, said)
}

/** What of a record is taken, and marks of what it said. */
function takenOf({ record, upsert }: Ruled, contact: ContactFields, before: Marks) {
  const { rules = {}, changedAt = null } = record
  const said: Record<string, string> = {}
  const takes = (field: string, ours: unknown, theirs: unknown): boolean => {
    said[field] = markOf(theirs)
    return isTheirs({
      ...{ rule: rules[field] ?? 'theirs', ours, theirs, before: before[field] },
      ...{ theirsAt: changedAt, oursAt: contact.updatedAt },
    })
  }
  const { name, traits = {} } = upsert.details
  const kept = Object.entries(traits).filter(([key, value]) =>
    takes(`traits.${key}`, contact.traits[key], value),
  )
  const details: Details = {
    ...(name && takes('name', contact.name, name) ? { name } : {}),
    ...(kept.length > 0 ? { traits: Object.fromEntries(kept) } : {}),
  }
  const addresses = upsert.addresses.filter(
    ({ kind, address }) =>
      (kind === 'email' || kind === 'phone') && takes(kind, contact[kind], address),
  )
  return { details, addresses, said }
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
