/**
 * Takes over the leads of document 002's service, as runs of the recipe monday-whatsapp. Who was
 * followed up or has answered has a run that is over; who waits for the follow-up has one that
 * waits for it, and asks monday for the status before it is sent, as any other. Nobody is welcomed
 * again: not by the item, nor by another with the same phone. The same file again changes nothing.
 */
import type { TransactionSql } from 'postgres'
import { upsertContacts } from '../contacts/upsert.ts'
import { AppError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { keyOf } from './engine/enter.ts'
import { type CurrentJourney, getCurrentJourney } from './find.ts'
import { noteItems } from './importLeads.store.ts'
import { addCounts } from './store/counts.ts'
import { freeKeys, takeKeys } from './store/keys.ts'
import { insertRuns, type RunRow, saveRuns } from './store/runs.ts'

const JOURNEY = 'monday-whatsapp'
const SOURCE = 'monday'
const WAITS = 'day' // the recipe's step between welcome and follow-up

export interface Lead {
  readonly itemId: string
  /** E.164; null: none that can be used. */
  readonly phone: string | null
  readonly name: string | null
  readonly createdAt: Date
  readonly status: string | null
  readonly followupDueAt: Date | null
  readonly isDone: boolean
}

/** In the caller's transaction. Answers how many were new. Raises when the recipe is not there. */
export async function importLeads(
  tx: TransactionSql,
  workspaceId: string,
  leads: readonly Lead[],
  now: Date,
): Promise<number> {
  const journey = await recipeIn(tx, workspaceId)
  // Of several with one phone or of one item, the one that still waits is the run: the first of each counts.
  const ordered = leads.toSorted((a, b) => Number(a.isDone) - Number(b.isDone))
  const unique = firstOfEach(ordered, (lead) => lead.itemId)
  if (unique.length === 0) return 0
  const contacts = await upsertContacts(tx, workspaceId, unique.map(contactOf), now)
  const runs = unique.flatMap((lead, at) => {
    const contact = contacts[at]!
    return contact.ok ? [runOf(workspaceId, journey, lead, contact.id)] : []
  })
  await noteItems(
    tx,
    workspaceId,
    unique.map(({ itemId }) => ({ source: SOURCE, key: `item/${itemId}` })),
    now,
  )
  return writeRuns(tx, { workspaceId, journey }, runs, now)
}

async function recipeIn(tx: TransactionSql, workspaceId: string): Promise<CurrentJourney> {
  try {
    return await getCurrentJourney(tx, workspaceId, JOURNEY)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error
    throw new AppError(
      'conflict',
      `The recipe ${JOURNEY} has not been on yet. Set its variables (docs/recipes.md), start Beckon once, then import.`,
    )
  }
}

const contactOf = ({ itemId, name, phone }: Lead) => ({
  identities: [{ source: SOURCE, externalId: itemId }],
  details: { ...(name ? { name } : {}), traits: { monday_item_id: itemId } },
  addresses: phone
    ? [{ kind: 'phone' as const, address: phone, primary: true, verified: false }]
    : [],
})

function runOf(
  workspaceId: string,
  { row, version }: CurrentJourney,
  lead: Lead,
  contactId: string,
): RunRow {
  const { itemId, phone, name, createdAt, status, isDone } = lead
  const again = row.settings['same_phone_again']
  const byItem = phone === null || again === true || again === 'true'
  const event = {
    ...{ name: 'item.created', source: SOURCE, at: createdAt.toISOString() },
    ...{ item_id: itemId, item_name: name, phone: phone ?? '', status: '', imported: true },
  }
  return {
    ...{ workspaceId, journeyId: row.id, version: version.version, contactId, event },
    ...{ id: uuid7(+createdAt), key: keyOf(byItem ? itemId : phone), startedAt: createdAt },
    ...{ attempt: 0, lease: null, leasedBy: null, attention: false, detail: null },
    results: { welcome: {}, welcomed: { status } },
    ...(isDone
      ? { status: 'done', step: null, enteredStepAt: null, dueAt: null, exitReason: 'imported' }
      : {
          ...{ status: 'waiting', step: WAITS, enteredStepAt: createdAt, exitReason: null },
          dueAt: lead.followupDueAt ?? new Date(+createdAt + 24 * 3_600_000), // as 002 has it
        }),
    endedAt: isDone ? (lead.followupDueAt ?? createdAt) : null,
  }
}

const firstOfEach = <T>(all: readonly T[], keyOf: (one: T) => string): T[] =>
  [...Map.groupBy(all, keyOf).values()].map(([first]) => first!) // groups are not empty

async function writeRuns(
  tx: TransactionSql,
  { workspaceId, journey }: { workspaceId: string; journey: CurrentJourney },
  runs: readonly RunRow[],
  now: Date,
): Promise<number> {
  const unique = firstOfEach(runs, (run) => run.key)
  const { row, version } = journey
  const journeyId = row.id
  const where = { workspaceId, journeyId, again: { policy: 'once' } as const, now }
  const wanted = unique.map((run) => ({ key: run.key, runId: run.id, contactId: null }))
  const taken = await takeKeys(tx, where, wanted)
  const fresh = unique.filter((run) => taken.has(run.id))
  await insertRuns(tx, fresh)
  await saveRuns(tx, fresh)
  await freeKeys(
    tx,
    fresh.filter((run) => run.step === null),
  )
  const entered = fresh.filter((run) => run.step !== null).length
  const count = { workspaceId, journeyId, version: version.version, step: WAITS }
  if (entered > 0) await addCounts(tx, [{ ...count, entered, gone: 0 }])
  return fresh.length
}
