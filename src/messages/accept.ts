/**
 * Takes messages in. A message is accepted only when its row is committed.
 *
 * Requests that arrive together share one transaction (group commit), whatever their
 * workspace. A request is all or nothing: one bad item refuses its batch and writes
 * nothing, and the other requests of the group do not notice.
 */
import type postgres from 'postgres'
import type { Db, Sql } from '../db/db.ts'
import { isGone, isRefusal } from '../db/refusal.ts'
import { AppError } from '../errors.ts'
import { inFlight, type Repeatable } from '../http/answer.ts'
import { createBatcher } from '../lib/batcher.ts'
import {
  isOneStatement,
  type Planned,
  planRow,
  type Recipient,
  readRecipients,
  writePlanned,
} from './acceptIn.ts'
import { createAcceptRate, messagesIn } from './acceptRate.ts'
import { type Directories, MAX_FAULTS, readFacts } from './facts.ts'
import { type Prepared, prepare } from './prepare.ts'
import type { Accepted, NewMessage } from './schema.ts'
import { findAnswers, insertAnswers } from './store/answers.ts'

export interface AcceptRequest {
  readonly workspaceId: string
  readonly items: readonly NewMessage[]
  /** Items stand at /0, /1, … of the body rather than being the body. */
  readonly batch: boolean
  readonly repeat: Repeatable | null
}

export interface AcceptAnswer {
  readonly accepted: readonly Accepted[]
  /** The answer of an earlier request with the same Idempotency-Key. */
  readonly replayed: boolean
}

export interface Acceptor {
  accept(request: AcceptRequest): Promise<AcceptAnswer>
  /** Takes in what was prepared elsewhere, such as a resent message. */
  take(workspaceId: string, prepared: readonly Prepared[]): Promise<readonly Accepted[]>
  drain(): Promise<void>
}

interface Unit {
  readonly workspaceId: string
  readonly prepared: readonly Prepared[]
  readonly repeat: Repeatable | null
}

const GROUP_ITEMS = 2_000 // messages in one transaction
const SOON_MS = 1_000 // the engine looks for what is due later by itself, twice a second
const GROUPS_AT_ONCE = 2 // one is looked up and planned while the other is written
const ALONGSIDE = 32 // messages that are worth a second group; fewer cost less in company of those to come

export function createAcceptor(options: {
  db: Db
  directories: Directories
  /** Called after a commit: there is work to do now. */
  onAccepted(): void
}): Acceptor {
  const { db, directories } = options
  const underWay = new Set<string>()
  const rate = createAcceptRate()
  /** What the database refuses of one request must not refuse those that came with it. */
  const commit = async (units: readonly Unit[]): Promise<(AcceptAnswer | Error)[]> => {
    try {
      return await acceptGroup(db.engine, units, db.clock.now())
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (units.length === 1) return [refused(error)]
      const answers: (AcceptAnswer | Error)[] = []
      // One that throws now, the database being away, says nothing of those that are committed.
      for (const unit of units) answers.push(...(await commit([unit]).catch(asErrors)))
      return answers
    }
  }
  const batcher = createBatcher<Unit, AcceptAnswer>({
    run: async (units) => {
      const answers = await commit(units)
      forgetNewTopics(directories, units)
      if (isSoon(units, db.clock.now())) options.onAccepted()
      return answers
    },
    maxWeight: GROUP_ITEMS,
    concurrency: GROUPS_AT_ONCE,
    alongside: ALONGSIDE,
    weigh: (unit) => unit.prepared.length,
  })

  const prepareAll = async ({ workspaceId, items, batch }: AcceptRequest): Promise<Prepared[]> => {
    const now = db.clock.now()
    const { acceptPerSecond } = await directories.workspaces.get(workspaceId)
    rate.take(workspaceId, acceptPerSecond, messagesIn(items), performance.now())
    const facts = await readFacts(directories, workspaceId, items)
    const prepared: Prepared[] = []
    const faults: AppError[] = []
    for (const [index, item] of items.entries()) {
      const pointer = batch ? `/${index}` : ''
      try {
        for (const each of prepare(facts, item, { pointer, now })) prepared.push(each)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        if (faults.push(error) >= MAX_FAULTS) break
      }
    }
    if (faults.length > 0) throw together(faults)
    return prepared
  }

  const accept = async (request: AcceptRequest): Promise<AcceptAnswer> => {
    const { workspaceId, repeat } = request
    let prepared: readonly Prepared[]
    try {
      prepared = await prepareAll(request)
    } catch (error) {
      if (!repeat || !(error instanceof AppError)) throw error
      // What was taken once is answered as it was, also when its template is gone by now.
      const unit: Unit = { workspaceId, prepared: [], repeat }
      const before = (await earlierAnswers(db.engine, [unit])).get(unit)
      if (!before || before instanceof Error) throw before ?? error
      return before
    }
    return batcher.add({ workspaceId, prepared, repeat })
  }

  return {
    async accept(request) {
      if (!request.repeat) return accept(request)
      const key = `${request.workspaceId} ${request.repeat.scope} ${request.repeat.key}`
      if (underWay.has(key)) throw inFlight()
      underWay.add(key)
      try {
        return await accept(request)
      } finally {
        underWay.delete(key)
      }
    },
    take: async (workspaceId, prepared) =>
      (await batcher.add({ workspaceId, prepared, repeat: null })).accepted,
    drain: () => batcher.drain(),
  }
}

/** One error that names every bad item of a batch. */
function together(faults: readonly AppError[]): AppError {
  const [first] = faults
  if (first && faults.length === 1) return first
  const other = faults.find((fault) => fault.errors === undefined)
  if (other) return other // it is about more than a field
  const errors = faults.flatMap((fault) => fault.errors ?? [])
  return new AppError('invalid_input', first?.message, { errors })
}

const asErrors = (error: unknown) => [error instanceof Error ? error : new Error(String(error))]

/** Sender and template are checked from memory, which may be a moment old. */
function refused(error: { code: string } & Error): Error {
  if (!isGone(error)) return error
  const detail = 'The sender of this message was removed a moment ago. Try again.'
  return new AppError('conflict', detail)
}

/**
 * Looks, plans, writes. What was looked up may change until it is written, in a transaction or
 * not, so the writes stand by themselves: a key that was taken meanwhile is refused, a contact
 * that was made meanwhile is found. A group of messages to people we know is one statement,
 * which is its own transaction; two round trips rather than five.
 */
async function acceptGroup(
  engine: postgres.Sql,
  units: readonly Unit[],
  now: Date,
): Promise<(AcceptAnswer | Error)[]> {
  const answers = new Map<Unit, AcceptAnswer | Error>()
  const [known, recipients] = await Promise.all([
    earlierAnswers(engine, units),
    readRecipients(
      engine,
      units.flatMap((unit) => unit.prepared),
    ),
  ])
  const plans: Plan[] = []
  for (const unit of units) {
    const before = known.get(unit)
    const plan = before ?? planUnit(unit, recipients, now)
    if (plan instanceof Error || 'accepted' in plan) answers.set(unit, plan)
    else {
      plans.push(plan)
      answers.set(unit, {
        accepted: plan.rows.map(acceptedOf),
        replayed: false,
      })
    }
  }
  const all = plans.flatMap((plan) => plan.rows)
  if (!plans.some(({ unit }) => unit.repeat) && isOneStatement(all))
    await writePlanned(engine, all, now)
  else
    await engine.begin(async (tx) => {
      const kept = await claimKeys(tx, plans, answers, now)
      const rows = kept.length === plans.length ? all : kept.flatMap((plan) => plan.rows)
      await writePlanned(tx, rows, now)
    })
  return units.map((unit) => answers.get(unit) ?? new AppError('internal'))
}

function planUnit(
  unit: Unit,
  recipients: ReadonlyMap<Prepared, Recipient>,
  now: Date,
): Plan | AppError {
  const rows: Planned[] = []
  const faults: AppError[] = []
  for (const prepared of unit.prepared) {
    const row = planRow(prepared, recipients.get(prepared), now)
    if (!(row instanceof AppError)) rows.push(row)
    else if (faults.push(row) >= MAX_FAULTS) break
  }
  return faults.length === 0 ? { unit, rows } : together(faults)
}

type Plan = { unit: Unit; rows: Planned[] }

/** What was answered before under the same keys, from before this transaction. */
async function earlierAnswers(sql: Sql, units: readonly Unit[]) {
  const found = new Map<Unit, AcceptAnswer | Error>()
  const keyed = units.filter((unit) => unit.repeat !== null)
  if (keyed.length === 0) return found
  const rows = await findAnswers(
    sql,
    keyed.map((unit) => ({ workspaceId: unit.workspaceId, ...(unit.repeat as Repeatable) })),
  )
  for (const [index, unit] of keyed.entries()) {
    const row = rows[index]
    if (!row) continue
    if (row.bodyHash !== unit.repeat?.bodyHash)
      found.set(unit, new AppError('idempotency_mismatch'))
    else found.set(unit, { accepted: JSON.parse(row.response), replayed: true })
  }
  return found
}

/** Keeps the plans whose key is free; another process that took it meanwhile gets to answer. */
async function claimKeys(
  tx: postgres.TransactionSql,
  plans: Plan[],
  answers: Map<Unit, AcceptAnswer | Error>,
  now: Date,
) {
  const keyed = plans.filter((plan) => plan.unit.repeat !== null)
  if (keyed.length === 0) return plans
  const taken = await insertAnswers(
    tx,
    keyed.map(({ unit }) => ({
      workspaceId: unit.workspaceId,
      ...(unit.repeat as Repeatable),
      status: 202,
      response: JSON.stringify((answers.get(unit) as AcceptAnswer).accepted),
    })),
    now,
  )
  const lost = new Set(keyed.filter((_, index) => !taken[index]))
  for (const plan of lost) answers.set(plan.unit, inFlight())
  return plans.filter((plan) => !lost.has(plan))
}

function isSoon(units: readonly Unit[], now: Date): boolean {
  const soon = now.getTime() + SOON_MS
  return units.some((unit) => unit.prepared.some(({ dueAt }) => dueAt.getTime() < soon))
}

function forgetNewTopics(directories: Directories, units: readonly Unit[]): void {
  for (const unit of units) {
    for (const { topic, workspace } of unit.prepared) {
      if (topic && !topic.known) directories.topics.forget(workspace.id, topic.key)
    }
  }
}

function acceptedOf({ row: { id, status }, prepared: { topic } }: Planned): Accepted {
  if (topic === null || topic.known) return { id, status }
  const made = `There was no topic ${topic.key}: it was made, as a transactional one, which asks for no consent.`
  return { id, status, warnings: [made] }
}
