/**
 * Sends a message by its next channel too when nothing is heard of it in time (`fallback_after`).
 *
 * What waits is a row of `message_fallbacks`, so no restart forgets it. Whoever settles one has
 * claimed it and holds the message's lock, and the row goes with the new message in one
 * transaction: there is one second message or none, whatever dies and however many processes look.
 * What is to be done says fallbackStep.ts, and goNextWay.ts does it.
 */
import type { Logger } from 'pino'
import type { TransactionSql } from 'postgres'
import type { Db } from '../db/db.ts'
import { isGone } from '../db/refusal.ts'
import { createLoop } from '../lib/loop.ts'
import type { Directories } from './facts.ts'
import { overAt, SOON_MS, type Step, stepOf } from './fallbackStep.ts'
import { goNextWay, tell } from './goNextWay.ts'
import { canWork } from './nextWay.ts'
import { lockMessage } from './store/edits.ts'
import {
  type Claim,
  claimFallbacks,
  endFallback,
  endFinished,
  type Fallback,
  hasUnread,
  isSeen,
  lockFallback,
  nextFallback,
  postponeClaim,
  putOffFallback,
} from './store/fallbacks.ts'
import { findMessage, type MessageRow } from './store/read.ts'

const AT_ONCE = 100
const FINISHED_AT_ONCE = 1_000
const POLL_MS = 1_000 // those of other processes are found within this
const PATIENCE_MS = 60_000 // beyond its time, for what came in to be understood
const CLAIM_MS = 10_000 // one that a process died over is found again after this
const FAULT_MS = 60_000 // one that could not be settled is tried again after this

interface Fallbacks {
  start(): void
  stop(): Promise<void>
  /** Does what is due now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

export interface FallbackDeps {
  readonly db: Db
  readonly log: Logger
  readonly directories: Pick<Directories, 'senders'>
  /** There is something to send. */
  onSent(): void
}

export function createFallbacks(deps: FallbackDeps): Fallbacks {
  const { engine, clock } = deps.db
  const runOnce = async () => {
    for (;;) {
      await endFinished(engine, clock.now(), FINISHED_AT_ONCE)
      const until = new Date(+clock.now() + CLAIM_MS)
      const claims = await claimFallbacks(engine, clock.now(), until, AT_ONCE)
      let sent = false
      for (const claim of claims) sent = (await settleOne(claim, deps)) || sent
      if (sent) deps.onSent()
      if (claims.length < AT_ONCE) return
    }
  }
  const look = async () => {
    await runOnce()
    const next = await nextFallback(engine)
    return next ? Math.max(0, Math.min(POLL_MS, +next - +clock.now())) : POLL_MS
  }
  const loop = createLoop({ look, retryMs: POLL_MS, name: 'falling back', log: deps.log })
  return { start: () => loop.start(), stop: () => loop.stop(), runOnce }
}

/** One that cannot be settled holds up no other. True when a message is to be sent now. */
async function settleOne(claim: Claim, deps: FallbackDeps): Promise<boolean> {
  const { engine, clock } = deps.db
  const { workspaceId, messageId } = claim
  const attempt = () => engine.begin((tx) => settle(tx, claim, deps)) as Promise<boolean>
  try {
    return await attempt().catch((error: unknown) => {
      if (!isGone(error)) throw error
      deps.directories.senders.forget(workspaceId) // we knew a sender that is gone
      return attempt()
    })
  } catch (error) {
    const ids = { workspace_id: workspaceId, message_id: messageId }
    deps.log.warn({ err: error, ...ids }, 'falling back failed, trying again in a minute')
    await postponeClaim(engine, claim, new Date(+clock.now() + FAULT_MS))
    return false
  }
}

/** True when a message is to be sent now. The message's lock comes first, as with receipts. */
async function settle(tx: TransactionSql, claim: Claim, deps: FallbackDeps): Promise<boolean> {
  const { workspaceId, messageId } = claim
  const now = deps.db.clock.now()
  await lockMessage(tx, workspaceId, messageId)
  const fallback = await lockFallback(tx, claim)
  const message = await findMessage(tx, workspaceId, messageId)
  if (!fallback || !message) return false
  const sender = await deps.directories.senders.find(workspaceId, message.senderId)
  const able = sender !== undefined && canWork(sender, now)
  const step = await heardOf(tx, fallback, message, stepOf(fallback, message, able, now), now)
  if (step === 'again' || step === 'instead') return goNextWay(tx, fallback, message, step, deps)
  if (step instanceof Date) await putOffFallback(tx, fallback, step, message.channel)
  else await endFallback(tx, fallback)
  if (step === 'over') {
    const detail = 'Its time was over before anything was heard of it.'
    await tell(tx, message, 'message.fallback_ended', { reason: 'expired', detail }, now)
  }
  return false
}

/** The step, unless somebody saw the message; it is waited for what came in and may say so. */
async function heardOf(
  tx: TransactionSql,
  fallback: Fallback,
  message: MessageRow,
  step: Step,
  now: Date,
): Promise<Step> {
  if (step === 'done' || step instanceof Date) return step
  if (await isSeen(tx, fallback)) return 'done'
  if (step !== 'again') return step
  const end = overAt(fallback, message)
  const back = message.status === 'bounced' || message.status === 'failed'
  if (back || +now > +end + PATIENCE_MS) return step
  const unread = await hasUnread(tx, fallback, message.senderId, end)
  return unread ? new Date(+now + SOON_MS) : step
}
