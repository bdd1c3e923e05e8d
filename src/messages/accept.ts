/**
 * Takes messages in. A message is accepted only when its row is committed.
 *
 * Requests that arrive together share one transaction (group commit), whatever their
 * workspace. A request is all or nothing: one bad item refuses its batch and writes
 * nothing, and the other requests of the group do not notice.
 */
import type postgres from 'postgres'
import { insertTopics } from '../consent/topics/store.ts'
import { addAddresses, createContacts, findContacts } from '../contacts/resolve.ts'
import type { Db } from '../db/db.ts'
import { isRefusal } from '../db/refusal.ts'
import { AppError, invalid } from '../errors.ts'
import { bumpCounts } from '../events/record.ts'
import { inFlight, type Repeatable } from '../http/answer.ts'
import { createBatcher } from '../lib/batcher.ts'
import { type Directories, type Prepared, prepare, type Way } from './prepare.ts'
import type { Accepted, NewMessage } from './schema.ts'
import { insertMessages, type NewRow, priorityNumber } from './store/accept.ts'
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
const MAX_FAULTS = 50 // named in one answer
const GROUPS_AT_ONCE = 1 // a second one would wait for the same lanes and counters, and make both small

export function createAcceptor(options: {
  db: Db
  directories: Directories
  /** Called after a commit: there is new work. */
  onAccepted(): void
}): Acceptor {
  const { db, directories } = options
  const underWay = new Set<string>()
  /** What the database refuses of one request must not refuse those that came with it. */
  const commit = async (units: readonly Unit[]): Promise<(AcceptAnswer | Error)[]> => {
    try {
      return await db.engine.begin((tx) => acceptGroup(tx, units, db.clock.now()))
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
      options.onAccepted()
      return answers
    },
    maxWeight: GROUP_ITEMS,
    concurrency: GROUPS_AT_ONCE,
    weigh: (unit) => unit.prepared.length,
  })

  const prepareAll = async ({ workspaceId, items, batch }: AcceptRequest): Promise<Prepared[]> => {
    const now = db.clock.now()
    const groups: Prepared[][] = []
    const faults: AppError[] = []
    for (const [index, item] of items.entries()) {
      const pointer = batch ? `/${index}` : ''
      try {
        groups.push(await prepare(directories, workspaceId, item, { pointer, now }))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        if (faults.push(error) >= MAX_FAULTS) break
      }
    }
    if (faults.length > 0) throw together(faults)
    return groups.flat()
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
      const before = (await db.engine.begin((tx) => earlierAnswers(tx, [unit]))).get(unit)
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

const FOREIGN_KEY_VIOLATION = '23503'

/** Sender and template are checked from memory, which may be a moment old. */
function refused(error: { code: string } & Error): Error {
  if (error.code !== FOREIGN_KEY_VIOLATION) return error
  const detail = 'The sender of this message was removed a moment ago. Try again.'
  return new AppError('conflict', detail)
}

async function acceptGroup(
  tx: postgres.TransactionSql,
  units: readonly Unit[],
  now: Date,
): Promise<(AcceptAnswer | Error)[]> {
  const answers = new Map<Unit, AcceptAnswer | Error>()
  const [known, contacts] = await Promise.all([earlierAnswers(tx, units), contactsOf(tx, units)])
  for (const unit of units) {
    const before = known.get(unit)
    if (before) answers.set(unit, before)
  }
  const planned = units.flatMap((unit) => {
    if (answers.has(unit)) return []
    const rows: Planned[] = []
    const faults: AppError[] = []
    for (const prepared of unit.prepared) {
      const row = planRow(prepared, contacts.get(prepared))
      if (!(row instanceof AppError)) rows.push(row)
      else if (faults.push(row) >= MAX_FAULTS) break
    }
    if (faults.length === 0) return [{ unit, rows }]
    answers.set(unit, together(faults))
    return []
  })
  for (const plan of planned)
    answers.set(plan.unit, {
      accepted: plan.rows.map(({ row }) => ({ id: row.id, status: row.status })),
      replayed: false,
    })
  const kept = await claimKeys(tx, planned, answers, now)
  await write(
    tx,
    kept.flatMap((plan) => plan.rows),
    now,
  )
  return units.map((unit) => answers.get(unit) ?? new AppError('internal'))
}

interface Planned {
  readonly row: NewRow
  readonly prepared: Prepared
  readonly way: Way
}
type Plan = { unit: Unit; rows: Planned[] }

/** What was answered before under the same keys, from before this transaction. */
async function earlierAnswers(tx: postgres.TransactionSql, units: readonly Unit[]) {
  const found = new Map<Unit, AcceptAnswer | Error>()
  const keyed = units.filter((unit) => unit.repeat !== null)
  if (keyed.length === 0) return found
  const rows = await findAnswers(
    tx,
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

interface Recipient {
  readonly contactId: string | null
  readonly locale: string | null
  /** By way, in the order of `prepared.ways`: the contact's own address. */
  readonly addresses: readonly (string | null)[]
}

/** Looks up everybody whom the group writes to, in one statement. */
async function contactsOf(
  tx: postgres.TransactionSql,
  units: readonly Unit[],
): Promise<Map<Prepared, Recipient>> {
  const wanted = units.flatMap((unit) =>
    unit.prepared.flatMap((prepared) => {
      const { recipientId } = prepared
      return recipientId === null
        ? []
        : prepared.ways.map((way) => ({ prepared, way, recipientId }))
    }),
  )
  const found = await findContacts(
    tx,
    wanted.map(({ prepared, way, recipientId }) => ({
      workspaceId: prepared.workspace.id,
      recipientId,
      kind: way.kind,
    })),
  )
  const recipients = new Map<Prepared, Recipient>()
  for (const [index, { prepared }] of wanted.entries()) {
    const facts = found[index]
    const before = recipients.get(prepared)
    recipients.set(prepared, {
      contactId: facts?.contactId ?? null,
      locale: facts?.locale ?? null,
      addresses: [...(before?.addresses ?? []), facts?.address ?? null],
    })
  }
  return recipients
}

/** The row of one message: takes the first way that reaches its contact. */
function planRow(prepared: Prepared, recipient: Recipient | undefined): Planned | AppError {
  const reachable = prepared.ways.findIndex(
    (way, index) =>
      way.kind === null ||
      way.address !== null ||
      recipient?.addresses[index] ||
      way.sender.origin === 'builtin',
  )
  const way = prepared.ways[reachable]
  if (!way) return noAddress(prepared)
  const rest = prepared.ways.slice(reachable + 1).map((later) => later.channel)
  const row: NewRow = {
    workspaceId: prepared.workspace.id,
    id: prepared.id,
    channel: way.channel,
    status: prepared.status,
    priority: priorityNumber[prepared.priority],
    kind: prepared.kind,
    topic: prepared.topic?.key ?? null,
    contactId: recipient?.contactId ?? null,
    recipientId: prepared.recipientId,
    address: way.address ?? recipient?.addresses[reachable] ?? null,
    senderId: way.sender.id,
    templateId: prepared.template?.id ?? null,
    templateVersion: prepared.template?.version ?? null,
    locale: prepared.locale ?? recipient?.locale ?? prepared.workspace.locale,
    variables: prepared.variables && JSON.stringify(prepared.variables),
    flags: prepared.flags,
    routing: rest.length > 0 ? JSON.stringify(rest) : null,
    metadata: prepared.metadata && JSON.stringify(prepared.metadata),
    dueAt: prepared.dueAt,
    scheduledAt: prepared.scheduledAt,
    expiresAt: prepared.expiresAt,
    sendWindow: prepared.sendWindow && JSON.stringify(prepared.sendWindow),
    resendOf: prepared.resendOf,
    content: prepared.content,
    attachments: prepared.attachments,
  }
  return { row, prepared, way }
}

const needs = { email: 'an email address', phone: 'a phone number', push: 'a push token' } as const

function noAddress(prepared: Prepared): AppError {
  const kinds = [
    ...new Set(prepared.ways.map((way) => (way.kind ? needs[way.kind] : 'a destination'))),
  ]
  return invalid(
    `${prepared.pointer}/to`,
    `The contact ${JSON.stringify(prepared.recipientId)} has not ${kinds.join(' or ')}. Give one as to, or add it to the contact.`,
  )
}

async function write(
  tx: postgres.TransactionSql,
  planned: readonly Planned[],
  now: Date,
): Promise<void> {
  if (planned.length === 0) return
  const newTopics = planned.flatMap(({ prepared }) =>
    prepared.topic && !prepared.topic.known
      ? [{ workspaceId: prepared.workspace.id, key: prepared.topic.key }]
      : [],
  )
  await giveContacts(tx, planned, now)
  // Topics, lanes, counters: in this order wherever messages are written, so that nobody deadlocks.
  await Promise.all([
    newTopics.length > 0 ? insertTopics(tx, newTopics, now) : undefined,
    insertMessages(
      tx,
      planned.map(({ row }) => row),
      now,
    ),
    bumpCounts(
      tx,
      planned.map(({ row }) => ({
        workspaceId: row.workspaceId,
        at: now,
        channel: row.channel,
        metric: 'accepted',
        n: 1,
      })),
    ),
  ])
}

/** Makes the contacts that are new, and adds addresses that were given with a message. */
async function giveContacts(
  tx: postgres.TransactionSql,
  planned: readonly Planned[],
  now: Date,
): Promise<void> {
  const missing = planned.filter(({ row }) => row.contactId === null && row.recipientId !== null)
  if (missing.length > 0) {
    const ids = await createContacts(
      tx,
      missing.map(({ row, way, prepared }) => ({
        workspaceId: row.workspaceId,
        recipientId: row.recipientId ?? '',
        kind: way.kind,
        address: way.address,
        name: prepared.name,
      })),
      now,
    )
    for (const [index, { row }] of missing.entries()) row.contactId = ids[index] ?? null
  }
  const given = planned.flatMap(({ row, way }) =>
    row.contactId !== null && way.address !== null && way.kind !== null
      ? [
          {
            workspaceId: row.workspaceId,
            contactId: row.contactId,
            kind: way.kind,
            address: way.address,
          },
        ]
      : [],
  )
  if (given.length > 0) await addAddresses(tx, given, now)
}

function forgetNewTopics(directories: Directories, units: readonly Unit[]): void {
  for (const unit of units) {
    for (const { topic, workspace } of unit.prepared) {
      if (topic && !topic.known) directories.topics.forget(workspace.id, topic.key)
    }
  }
}
