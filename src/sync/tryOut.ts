/**
 * What a connection would bring if it read now, without bringing it: the other system is asked, nothing is
 * changed over there, and what is written here is taken back. So the numbers are those of the real thing, with
 * its rules and whom it takes for whom.
 */
import type { ContactRecord, Records } from '../connectors/connector.ts'
import { inWorkspace } from '../db/db.ts'
import { Retryable } from '../errors.ts'
import type { SyncDeps } from './deps.ts'
import type { Connection } from './directory.ts'
import { theirReason } from './reason.ts'
import { identityOf, keyOf, saveContacts } from './saveContacts.ts'
import type { Trial } from './schema.ts'
import { type ContactFields, lockTrial, readFields } from './store/readings.ts'

const MOST_PAGES = 20 // asked for of one source
const MOST_RECORDS = 5_000
const PATIENCE_MS = 20_000 // after it no further page is asked for
const SAMPLE = 20 // contacts that are shown
type Deps = Pick<SyncDeps, 'db' | 'connections'>

/** Undoes the transaction it is thrown in, with what was seen in it. */
class TakenBack extends Error {
  readonly after: ReadonlyMap<string, ContactFields>
  /** Contacts that were told and are several people's. */
  readonly lost: number
  constructor(after: ReadonlyMap<string, ContactFields>, lost: number) {
    super('taken back')
    this.after = after
    this.lost = lost
  }
}
type Found = Pick<Trial, 'create' | 'update' | 'skip' | 'sample'>
const NOTHING: Found = { create: 0, update: 0, skip: 0, sample: [] }

export async function tryOut(connection: Connection, deps: Deps): Promise<Trial> {
  const context = deps.connections.context(connection, { isTrial: true })
  const nobody = { ...NOTHING, events: 0, complete: false, warnings: [] }
  if (connection.fault !== null) return { ok: false, detail: connection.fault, ...nobody }
  try {
    const { detail, warnings } = await connection.connector.check(context)
    const { records, complete } = await readAll(connection, context)
    const contacts = records.filter((record) => record.kind === 'contact')
    const found = await count(connection, contacts, deps)
    const events = records.length - contacts.length
    return { ok: true, detail, warnings: [...warnings], ...found, events, complete }
  } catch (error) {
    return { ok: false, detail: theirReason(error), ...nobody }
  }
}

/** The first of what there is to read; `complete`: it is all. */
async function readAll(
  { connector, settings }: Connection,
  context: ReturnType<Deps['connections']['context']>,
): Promise<{ records: Records; complete: boolean }> {
  const until = performance.now() + PATIENCE_MS
  const records: Records[number][] = []
  let complete = true
  for (const source of Object.values(connector.sources)) {
    if (source.everySeconds(settings) === null) continue
    let pages = 0
    try {
      for await (const page of source.pull(null, context)) {
        records.push(...page.records)
        const isEnough = ++pages >= MOST_PAGES || records.length >= MOST_RECORDS
        if (!isEnough && performance.now() < until) continue
        complete = false
        break
      }
    } catch (error) {
      // What was read says something even where the limit of calls is used up.
      if (records.length === 0 || !(error instanceof Retryable)) throw error
      complete = false
    }
  }
  return { records, complete }
}

async function count(
  connection: Connection,
  records: readonly ContactRecord[],
  { db }: Deps,
): Promise<Found> {
  const { workspaceId } = connection.row
  if (records.length === 0) return NOTHING
  const { after, lost } = await applied(connection, records, db)
  const ids = [...after.keys()]
  const before = await inWorkspace(db, workspaceId, (tx) => readFields(tx, workspaceId, ids))
  const all = [...after].map(([id, now]) => {
    const changes = changesOf(before.get(id), now)
    const does = !before.has(id) ? 'create' : changes.length > 0 ? 'update' : 'skip'
    const { name, email, phone } = now
    return { does, name, email, phone, changes } as const
  })
  const those = (does: (typeof all)[number]['does']) => all.filter((each) => each.does === does)
  return {
    ...{ create: those('create').length, update: those('update').length },
    skip: those('skip').length + lost,
    // What changes is what one wants to see.
    sample: [...those('update'), ...those('create'), ...those('skip')].slice(0, SAMPLE),
  }
}

/** How they would be, in a transaction that is taken back. */
async function applied(
  { row, connector }: Connection,
  records: readonly ContactRecord[],
  db: Deps['db'],
): Promise<TakenBack> {
  const { workspaceId, id: connectionId } = row
  const target = { workspaceId, connectionId, source: connector.id }
  const told = new Set(records.map((each) => keyOf(identityOf(each))))
  try {
    await inWorkspace(db, workspaceId, async (tx) => {
      await lockTrial(tx, workspaceId)
      const wanted = { records, named: [], isTrial: true }
      const saved = await saveContacts(tx, target, wanted, db.clock.now())
      const ids = [...new Set([...saved.values()].map(({ id }) => id))]
      const after = await readFields(tx, workspaceId, ids)
      throw new TakenBack(after, told.size - saved.size)
    })
  } catch (error) {
    if (error instanceof TakenBack) return error
    throw error
  }
  throw new Error('it was not taken back') // it always throws
}

function changesOf(before: ContactFields | undefined, now: ContactFields) {
  const flat = (contact: ContactFields | undefined): Record<string, unknown> => ({
    ...{ name: contact?.name, email: contact?.email, phone: contact?.phone },
    ...Object.fromEntries(
      Object.entries(contact?.traits ?? {}).map(([key, value]) => [`traits.${key}`, value]),
    ),
  })
  const [old, fresh] = [flat(before), flat(now)]
  return Object.entries(fresh).flatMap(([field, to]) => {
    const from = old[field] ?? null
    if (JSON.stringify(from) === JSON.stringify(to ?? null)) return []
    return [{ field, from: shown(from), to: shown(to) }]
  })
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}
