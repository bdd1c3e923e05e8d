/** Customers' own events: makes the contacts they name, and records them. All or nothing. */
import { resolveContacts } from '../contacts/resolve.ts'
import { findContactIds } from '../contacts/store.ts'
import type { Sql } from '../db/db.ts'
import { AppError, type FieldError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { recordEvents } from './record.ts'
import type { EventBody } from './schema.ts'

const MAX_AHEAD_MS = 24 * 3_600_000 // of a clock that is wrong; later is a mistake

/** One answer per body, in order; null for those whose key was known. `batch`: faults name the place in the array. */
export async function ingest(
  sql: Sql,
  workspaceId: string,
  { bodies, batch }: { bodies: readonly EventBody[]; batch: boolean },
  now: Date,
): Promise<(string | null)[]> {
  const contactIds = await findPeople(sql, workspaceId, { bodies, batch }, now)
  const events = bodies.map((body, at) => ({
    workspaceId,
    id: uuid7(),
    name: body.name,
    contactId: contactIds[at]!,
    messageId: null,
    at: body.at ? new Date(body.at) : now,
    source: 'api',
    properties: body.properties,
    key: body.key,
  }))
  const recorded = new Set((await recordEvents(sql, events, now)).map((event) => event.id))
  return events.map((event) => (recorded.has(event.id) ? event.id : null))
}

async function findPeople(
  sql: Sql,
  workspaceId: string,
  { bodies, batch }: { bodies: readonly EventBody[]; batch: boolean },
  now: Date,
): Promise<(string | null)[]> {
  const ids = await findContactIds(
    sql,
    workspaceId,
    bodies.flatMap((body) => body.contact_id ?? []),
  )
  const errors = bodies.flatMap((body, at) => faultsOf(body, batch ? `/${at}` : '', ids, now))
  if (errors[0]) {
    throw new AppError('invalid_input', `${errors[0].pointer.slice(1)}: ${errors[0].detail}`, {
      errors,
    })
  }
  const named = bodies.flatMap((body) => body.external_id ?? body.recipient_id ?? [])
  const wanted = [...new Set(named)].map((recipientId) => ({
    workspaceId,
    recipientId,
    kind: null,
  }))
  const resolved = await resolveContacts(sql, wanted, now)
  const byName = new Map(wanted.map((each, at) => [each.recipientId, resolved[at]!.contactId]))
  return bodies.map((body) => {
    const name = body.external_id ?? body.recipient_id
    return name
      ? byName.get(name)!
      : body.contact_id
        ? ids.get(body.contact_id.toLowerCase())!
        : null
  })
}

function faultsOf(
  body: EventBody,
  pointer: string,
  ids: ReadonlyMap<string, string>,
  now: Date,
): FieldError[] {
  const errors: FieldError[] = []
  const given = [body.external_id, body.recipient_id, body.contact_id].filter(
    (each) => each !== undefined,
  )
  if (given.length > 1) {
    errors.push({
      pointer: `${pointer}/contact_id`,
      detail: 'Give one of external_id, recipient_id and contact_id.',
    })
  }
  if (body.contact_id && !ids.has(body.contact_id.toLowerCase())) {
    errors.push({ pointer: `${pointer}/contact_id`, detail: 'There is no such contact.' })
  }
  if (body.at && new Date(body.at).getTime() > now.getTime() + MAX_AHEAD_MS) {
    errors.push({ pointer: `${pointer}/at`, detail: 'This is more than a day from now.' })
  }
  return errors
}
