/**
 * Runs of one journey taken on together: what they say, do and become is one transaction with a
 * fixed number of statements, so a run is always before a step or after it.
 */
import type { TransactionSql } from 'postgres'
import { updateContact } from '../../contacts/change.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { MAX_CPU_MS } from '../../templates/limits.ts'
import { paidBy, spentBy } from '../effort.ts'
import type { JourneyDocument } from '../schema.ts'
import type { LiveJourney } from '../store/journeys.ts'
import { freeKeys } from '../store/keys.ts'
import { type Person, readPeople } from '../store/people.ts'
import { type RunRow, saveRuns } from '../store/runs.ts'
import { nextUnsent } from '../unsent.ts'
import type { Call } from './calls.ts'
import { needsPerson, runFacts } from './context.ts'
import type { EngineDeps } from './deps.ts'
import { refOf } from './documents.ts'
import { releaseHeld } from './end.ts'
import { stillToHear } from './hits.ts'
import { createLedger } from './ledger.ts'
import { createOutbox } from './outbox.ts'
import { leave, type WalkContext, type Walked, walk } from './walk.ts'

const CALL_LEASE_MS = 90_000 // longer than any call takes; who dies over one leaves it due again then

export interface Taken {
  readonly calls: readonly Call[]
  /** Some want to call, whether or not there was room for them. */
  readonly calling: boolean
  readonly sent: boolean
  readonly edited: boolean
}

/** The rows are locked by the caller. `runs` are of one journey. */
export async function takeOn(
  tx: TransactionSql,
  deps: EngineDeps,
  {
    workspaceId,
    journey,
    maxCalls,
  }: { workspaceId: string; journey: LiveJourney; maxCalls: number },
  given: readonly RunRow[],
  now: Date,
): Promise<Taken> {
  const ledger = createLedger(now, deps.log)
  const runs = await woken(tx, given, now)
  const documents = await deps.documents.get(tx, workspaceId, runs)
  const workspace = await deps.directories.workspaces.get(workspaceId)
  const people = await peopleOf(tx, workspaceId, runs, documents)
  const outbox = createOutbox(tx, { ...deps, now })

  const takeOne = (run: RunRow, document: JourneyDocument): Promise<Walked> => {
    const { contactId } = run
    const personOf = () => (contactId === null ? undefined : people.get(contactId))
    const { settings } = journey
    const timeZone = personOf()?.timeZone ?? workspace.timeZone
    const context: WalkContext = {
      ...{ document, now, timeZone, ledger },
      facts: (at) =>
        paidBy(run, runFacts(at, { document, settings, workspace, person: personOf() })),
      tags: () => personOf()?.tags ?? [],
      send: (at, step, message) => outbox.send(at, step, message, personOf()),
      nextUnsent: (at) => nextUnsent(tx, at, at.step ?? ''),
      async update(_, patch) {
        const id = personOf()?.id
        if (id === undefined || contactId === null) return
        await updateContact(tx, workspaceId, { id, patch, country: workspace.defaultCountry }, now)
        const fresh = await readPeople(tx, workspaceId, [contactId])
        for (const [start, person] of fresh) people.set(start, person)
      },
    }
    if (contactId !== null && needsPerson(document) && !personOf()) {
      const ending = { status: 'exited', reason: 'contact_erased' } as const
      return Promise.resolve({ run: leave(run, null, ending, context) })
    }
    return walk(run, context)
  }

  const walked: Walked[] = []
  const later = await stillToHear(tx, runs, documents, now)
  let thoughtMs = 0
  for (const run of runs) {
    const document = documents.get(refOf(run))
    const dueAt = later.get(run.id)
    if (dueAt) walked.push({ run: { ...run, dueAt } })
    else if (thoughtMs > MAX_CPU_MS)
      walked.push({ run }) // it is due as before
    else if (document) walked.push(await takeOne(run, document))
    thoughtMs += spentBy(run)
  }
  await outbox.write()
  const room = { calls: maxCalls }
  const calls = walked.flatMap(({ run, call }) => {
    if (!call || room.calls-- <= 0) return []
    const leasedBy = deps.presence.processId
    return [{ run: { ...run, lease: uuid7(), leasedBy, attempt: run.attempt + 1 }, ...call }]
  })
  const leased = new Map(calls.map((call) => [call.run.id, call.run]))
  const until = new Date(+now + CALL_LEASE_MS)
  const after = walked.map(({ run, call }) => {
    const held = leased.get(run.id)
    if (held) return { ...held, dueAt: until }
    return call ? { ...run, lease: null, dueAt: now } : run // it has to wait for its turn
  })
  await saveRuns(tx, after)
  await freeKeys(
    tx,
    after.filter((run) => run.endedAt !== null),
  )
  await ledger.write(tx)
  const calling = walked.some(({ call }) => call !== undefined)
  return { calls, calling, sent: outbox.sent || runs !== given, edited: outbox.edited }
}

/** Those whose hold is over go on where they stood, and their messages with them. */
async function woken(
  tx: TransactionSql,
  runs: readonly RunRow[],
  now: Date,
): Promise<readonly RunRow[]> {
  const held = runs.filter((run) => run.status === 'held')
  if (held.length === 0) return runs
  await releaseHeld(tx, held, now)
  return runs.map((run) =>
    run.status === 'held' ? { ...run, status: 'active' as const, detail: null } : run,
  )
}

function peopleOf(
  tx: TransactionSql,
  workspaceId: string,
  runs: readonly RunRow[],
  documents: ReadonlyMap<string, JourneyDocument>,
): Promise<Map<string, Person>> {
  const ids = runs.flatMap((run) => {
    const document = documents.get(refOf(run))
    return run.contactId !== null && document && needsPerson(document) ? [run.contactId] : []
  })
  return readPeople(tx, workspaceId, ids)
}
