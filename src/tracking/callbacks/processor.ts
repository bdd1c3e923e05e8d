/**
 * Understands stored callbacks: reads their receipts, finds the messages, applies them. A
 * callback and what follows from it are one transaction, so each has its effect once,
 * however often a process dies over it.
 *
 *   received  -> processed  applied, or nothing in it was for us
 *   received  -> received   about a message that we do not know yet: a receipt can be
 *                           quicker than the answer to the request that it follows
 *   received  -> failed     could not be understood; `reason` says why, a person may try again
 */
import type { Logger } from 'pino'
import type { TransactionSql } from 'postgres'
import { ZodError, z } from 'zod'
import type { Sender, SenderDirectory } from '../../channels/directory.ts'
import type { Receipt } from '../../channels/provider.ts'
import type { Db } from '../../db/db.ts'
import { asAppError } from '../../http/problem.ts'
import type { RawRequest } from '../../lib/http.ts'
import { createLoop } from '../../lib/loop.ts'
import { findByProviderId, noteProviderIds } from '../../messages/store/receipts.ts'
import type { TrackingCounters } from '../counters.ts'
import { takeInbound } from '../inbound/takeInbound.ts'
import { takeRefusals } from '../inbound/takeRefusals.ts'
import { type Located, takeReceipts } from '../receive.ts'
import { findAnsweredMessage } from '../store/answered.ts'
import {
  type CallbackOutcome,
  type CallbackRow,
  claimCallback,
  noteCallback,
  takeUntil,
} from '../store/callbacks.ts'
import { addReached } from '../store/writers.ts'
import { type CallbackReader, processConnectionCallback } from './connectionCallback.ts'

const POLL_MS = 1_000 // callbacks stored by other processes are found within this
const AT_ONCE = 4
const AGAIN_SECONDS = [2, 10, 60] // for receipts of messages that we do not know yet
const TAKEN_MS = 45_000 // for a callback that needs calls to the vendor; then somebody else may try
const MAX_REASON = 500 // characters
const FOR_NOBODY = 'It is about none of the senders that are here.'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export interface CallbackProcessor {
  start(): void
  stop(): Promise<void>
  /** There is a new callback. */
  poke(): void
  /** Processes what is due now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

export interface ProcessorDeps {
  readonly db: Pick<Db, 'engine' | 'clock'>
  readonly senders: Pick<SenderDirectory, 'find' | 'forChannel'>
  readonly log: Logger
  readonly counters: TrackingCounters
  /** Reads callbacks of connectors. */
  readonly readConnection?: CallbackReader
  onHits(): void
  /** Events are committed. */
  onEvents?(): void
}

export function createCallbackProcessor(deps: ProcessorDeps): CallbackProcessor {
  const oneAfterAnother = async () => {
    while (await processNext(deps)) {}
  }
  const runOnce = async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, oneAfterAnother))
  }
  const look = async () => {
    await runOnce()
    return POLL_MS
  }
  const loop = createLoop({ look, retryMs: POLL_MS, name: 'processing callbacks', log: deps.log })
  return { start: () => loop.start(), stop: () => loop.stop(), poke: () => loop.poke(), runOnce }
}

/** False when none is due. */
async function processNext(deps: ProcessorDeps): Promise<boolean> {
  const { db } = deps
  const now = db.clock.now()
  const next = await db.engine.begin(async (tx): Promise<CallbackRow | boolean> => {
    const callback = await claimCallback(tx, now)
    if (!callback) return false
    if (callback.connectionId === null || !deps.readConnection) {
      await processIn(tx, callback, deps, now)
      return true
    }
    const dueAt = new Date(+now + TAKEN_MS)
    await takeUntil(tx, callback, dueAt)
    return { ...callback, dueAt }
  })
  if (typeof next === 'boolean') {
    if (next) deps.onEvents?.()
    return next
  }
  await processOutside(next, deps)
  return true
}

async function processIn(
  tx: TransactionSql,
  callback: CallbackRow,
  deps: ProcessorDeps,
  now: Date,
): Promise<void> {
  try {
    await tx.savepoint((inner) => processOne(inner, callback, deps, now))
    deps.counters.callbacksProcessed++
  } catch (error) {
    if (isDatabaseAway(error)) throw error
    deps.counters.callbacksFailed++
    warnOf(error, callback, deps)
    await noteCallback(tx, callback, { status: 'failed', reason: reasonOf(error), dueAt: now }, now)
  }
}

async function processOutside(callback: CallbackRow, deps: ProcessorDeps): Promise<void> {
  const { connectionId } = callback
  if (connectionId === null || !deps.readConnection) return
  const { db, counters, readConnection: read } = deps
  const outcome = await processConnectionCallback(
    { ...callback, connectionId },
    rawRequest(callback),
    { ...{ db, counters, read, reasonOf, isDatabaseAway } },
  )
  if (outcome) warnOf(outcome.failed, callback, deps)
}

const isDatabaseAway = (error: unknown) =>
  asAppError(error instanceof Error ? error : new Error(String(error))).code === 'unavailable'

function warnOf(error: unknown, callback: CallbackRow, { log }: ProcessorDeps): void {
  const about = { callback_id: callback.id, vendor: callback.source, reason: reasonOf(error) }
  const known = error instanceof SyntaxError || error instanceof ZodError
  log.warn(known ? about : { ...about, err: error }, 'a callback could not be processed')
}

/** What went wrong, as text that can be stored. */
function reasonOf(error: unknown): string {
  return wordsOf(error)
    .replace(/[\x00-\x1f]/g, ' ')
    .slice(0, MAX_REASON)
    .toWellFormed()
}

function wordsOf(error: unknown): string {
  if (error instanceof SyntaxError) return `The body is no JSON: ${error.message}`
  if (error instanceof ZodError)
    return `The body is not as the vendor describes it: ${z.prettifyError(error)}`
  return error instanceof Error ? error.message : String(error)
}

async function processOne(
  tx: TransactionSql,
  callback: CallbackRow,
  deps: ProcessorDeps,
  now: Date,
): Promise<void> {
  const { workspaceId, source } = callback
  const content = await readContent(callback, deps)
  if (content === null) {
    const outcome = { status: 'processed', reason: FOR_NOBODY, dueAt: now } as const
    return noteCallback(tx, callback, outcome, now)
  }
  const { receipts, inbound, mailbox } = content
  for (const each of inbound) await takeInbound(tx, mailbox, each, now)
  const located = await locate(tx, workspaceId, receipts)
  const holding = await takeRefusals(tx, workspaceId, located, now)
  await noteProviderIds(tx, workspaceId, holding.flatMap(vendorsIdOf))
  await takeReceipts(tx, { workspaceId, source, told: 'provider' }, holding, now)
  await addReached(tx, workspaceId, { source, reached: located.flatMap(reachedBy) }, now)
  await noteCallback(tx, callback, outcomeOf(callback, receipts.length - located.length, now), now)
  if (located.some(({ receipt }) => receipt.kind === 'opened' || receipt.kind === 'clicked'))
    deps.onHits()
}

/** What is known has been applied; the rest is looked for again, which changes nothing of that. */
function outcomeOf({ attempts }: CallbackRow, missing: number, now: Date): CallbackOutcome {
  if (missing === 0) return { status: 'processed', reason: null, dueAt: now }
  const again = AGAIN_SECONDS[attempts]
  const reason = unknownMessages(missing)
  if (again === undefined) return { status: 'processed', reason, dueAt: now }
  return { status: 'received', reason, dueAt: new Date(+now + again * 1000) }
}

/** Null when it is about none of our senders. */
async function readContent(callback: CallbackRow, { senders }: ProcessorDeps) {
  const { workspaceId, source, senderId } = callback
  const taker = senderId === null ? undefined : await senders.find(workspaceId, senderId)
  if (!taker) throw new Error('Its sender is gone.')
  const { callbacks } = taker.provider
  if (!callbacks) throw new Error(`${taker.provider.name} has no callbacks.`)
  const request = rawRequest(callback)
  const sender = callbacks.shared ? await meantBy(request, taker, senders) : taker
  if (!sender) return null
  return {
    receipts: callbacks.parse(request, sender.settings),
    inbound: callbacks.inbound?.(request, sender.settings) ?? [],
    mailbox: { workspaceId, senderId: sender.id, channel: sender.channel, source },
  }
}

/** What came to a shared address was kept with one sender; who it is about may have been made since. */
async function meantBy(
  request: RawRequest,
  taker: Sender,
  senders: ProcessorDeps['senders'],
): Promise<Sender | undefined> {
  const { workspaceId, channel, provider } = taker
  const shared = provider.callbacks?.shared
  if (!shared || shared.isFor(request, taker.settings)) return taker
  provider.callbacks?.parse(request, taker.settings) // throws what is wrong with it
  const others = await senders.forChannel(workspaceId, channel)
  return others.find(
    (other) => other.provider.id === provider.id && shared.isFor(request, other.settings),
  )
}

const reachedBy = ({ messageId, receipt }: Located) =>
  (receipt.reached ?? []).map((externalId) => ({ messageId, externalId }))

function vendorsIdOf({ messageId, receipt: { providerMessageId } }: Located) {
  return providerMessageId === undefined ? [] : [{ messageId, providerMessageId }]
}

export function rawRequest(
  callback: Pick<CallbackRow, 'method' | 'url' | 'headers' | 'body'>,
): RawRequest {
  const { method, url, headers, body } = callback
  return { method, url, headers, rawBody: body.toString('utf8') }
}

/** The messages that receipts are about: by our id where the vendor returns it, else by its own. */
async function locate(
  tx: TransactionSql,
  workspaceId: string,
  receipts: readonly Receipt[],
): Promise<Located[]> {
  const located: Located[] = []
  for (const receipt of receipts) {
    const messageId = await messageOf(tx, workspaceId, receipt)
    if (messageId !== undefined) located.push({ messageId, receipt })
  }
  return located
}

async function messageOf(
  tx: TransactionSql,
  workspaceId: string,
  receipt: Receipt,
): Promise<string | undefined> {
  if (receipt.messageId !== undefined && UUID.test(receipt.messageId)) {
    return (await findAnsweredMessage(tx, workspaceId, receipt.messageId))?.id
  }
  if (receipt.providerMessageId === undefined) return undefined
  return findByProviderId(tx, workspaceId, receipt.providerMessageId)
}

function unknownMessages(n: number): string {
  return `${n} receipt${n === 1 ? ' is' : 's are'} about a message that is not known here.`
}
