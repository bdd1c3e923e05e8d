/**
 * One attempt at one message: what is sent, what the answer means, and that it is written down.
 *
 * A known answer must not be lost: whatever else goes wrong on the way (another sender to be found,
 * an address to be suppressed), the row is settled with what the vendor said.
 */
import type { Sender } from '../../channels/directory.ts'
import type { Accepted } from '../../channels/provider.ts'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import { truncate } from '../../lib/reply.ts'
import type { Verdict } from '../gate.ts'
import { LEASE_SECONDS } from '../life.ts'
import type { Rendered } from '../render.ts'
import type { Due } from '../store/due.ts'
import { type Change, createBreaker, OPEN_MS } from './breaker.ts'
import { type Conclusion, conclude } from './conclude.ts'
import type { DispatchDeps } from './deps.ts'
import type { Outcome } from './settler.ts'

const HALF_LEASE_MS = (LEASE_SECONDS * 1000) / 2
const MAX_REPLY = 1_024 // characters of what a vendor answered

/** A row that this process has. */
export interface Held {
  readonly row: Due
  /** The token of its intent; null before. */
  lease: string | null
  /** Monotonic time from which the lease runs, or was last renewed. */
  leasedAtMs: number
  /** It takes one of the places between intent and answer. */
  counted: boolean
}

export interface Attempts {
  send(item: Held, rendered: Rendered, current: Sender): void
  /** It may not or need not be sent. */
  refuse(item: Held, verdict: Verdict): void
  failUnrendered(item: Held, error: Error): void
  /** Nothing was sent; whether the intent was committed is not known. */
  giveBack(item: Held): void
}

type Settled = Pick<Outcome, 'status' | 'reason' | 'detail' | 'event'> &
  Partial<Pick<Outcome, 'dueAt' | 'at' | 'providerMessageId' | 'properties'>>

export function createAttempts(worker: {
  deps: DispatchDeps
  /** The answer is here, the settlement is not. */
  answered(item: Held): void
  release(item: Held): void
}): Attempts {
  const { deps, answered, release } = worker
  const breaker = createBreaker()
  const now = () => deps.db.clock.now()

  /** Nobody waits for a message's own work. When it breaks, the lease shows it as unknown. */
  const guard = (item: Held, work: Promise<unknown>): void => {
    work.catch((error: unknown) => {
      deps.log.error({ err: error, message_id: item.row.id }, 'a message could not be settled')
      release(item)
    })
  }

  /** For what helps and must not stand between an answer and its settlement. */
  const tried = <T>(work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      deps.log.warn({ err: error }, 'a step beside a settlement failed')
      return undefined
    })

  const settleRow = async (item: Held, settled: Settled): Promise<boolean> => {
    const { row, lease } = item
    const { reason, detail } = settled
    answered(item)
    try {
      return await deps.settler.add({
        workspaceId: row.workspaceId,
        id: row.id,
        lease,
        channel: row.channel,
        contactId: row.contactId,
        dueAt: null,
        providerMessageId: null,
        at: settled.at ?? now(),
        properties: reason ? { reason, detail } : {},
        ...settled,
      })
    } finally {
      release(item)
    }
  }

  const returned = (): Settled => ({
    ...{ status: 'queued', reason: null, detail: null },
    ...{ event: 'message.returned', dueAt: now() },
  })

  const send = async (item: Held, rendered: Rendered, current: Sender) => {
    const startedAt = performance.now()
    // A stopped or swapped-out process must not send under a lease that may be another's by now.
    if (startedAt - item.leasedAtMs > HALF_LEASE_MS) return settleRow(item, returned())
    let accepted: Accepted
    try {
      accepted = await current.provider.send(rendered.outbound, deps.senders.context(current))
    } catch (error) {
      return settleFailure(item, error, current, performance.now() - startedAt)
    }
    noteCall(true, current)
    if (item.row.attempt > 0) void tried(deps.endSlowness(item.row, current))
    return settleSent(item, accepted, current, performance.now() - startedAt)
  }

  const settleSent = async (item: Held, accepted: Accepted, current: Sender, ms: number) => {
    deps.onSent(current, ms)
    const answeredAt = now()
    const kept = await settleRow(item, {
      ...{ status: 'sent', reason: null, detail: null, event: 'message.sent' },
      ...{ at: answeredAt, dueAt: item.row.dueAt }, // the lease had its place: see providers/health
      providerMessageId: accepted.providerMessageId,
      properties: { ...attempted(item, current, ms), reply: truncate(accepted.reply, MAX_REPLY) },
    })
    if (!kept || !accepted.receipts?.length) return
    // The sandbox's recipient cannot have reacted before the message was sent.
    const receipts = accepted.receipts.map((receipt) => ({
      ...receipt,
      at: receipt.at < answeredAt ? answeredAt : receipt.at,
    }))
    await deps.onReceipts(item.row, receipts)
  }

  const settleFailure = async (item: Held, error: unknown, current: Sender, ms: number) => {
    const conclusion = await concludeFrom(item, error, current)
    const properties = { ...attempted(item, current, ms), error: conclusion.detail }
    const asked = error instanceof Retryable && error.code === '429' ? error.after : undefined
    await tried(noteRecipient(item, error, current))
    if (asked !== undefined) void tried(deps.holdSender(current, asked))
    else noteCall(isVendorWell(error, conclusion), current)
    switch (conclusion.do) {
      case 'unknown':
        return settleRow(item, {
          ...{ status: 'unknown', reason: 'unanswered', event: 'message.unknown' },
          detail: conclusion.detail,
          properties,
        })
      case 'pause':
        return pause(item, error, current, properties)
      case 'retry':
        return retry(item, error, current, conclusion, properties)
      case 'fail':
        if (conclusion.suppress || conclusion.unsubscribe)
          await tried(deps.onRefused(item.row, conclusion))
        return reroute(item, conclusion, properties)
    }
  }

  /** What the vendor said about this one recipient holds for their next messages too. */
  const noteRecipient = async ({ row }: Held, error: unknown, current: Sender) => {
    if (error instanceof Retryable && error.recipientOnly) await deps.slowDown(row, current)
    if (error instanceof Rejected && error.restSeconds !== undefined)
      await deps.restRecipient(row, current, error.restSeconds)
  }

  const concludeFrom = async (item: Held, error: unknown, current: Sender) => {
    const idempotent = current.provider.delivery.idempotency !== 'none'
    const asks = error instanceof Unanswered && !idempotent && current.onUnknown !== 'resend'
    return conclude(error, {
      attempt: item.row.attempt + 1,
      idempotent,
      resendUnknown:
        current.onUnknown === 'resend' ||
        (asks && (await tried(deps.resendsUnknown(item.row))) === true),
    })
  }

  const retry = async (
    item: Held,
    error: unknown,
    current: Sender,
    conclusion: Extract<Conclusion, { do: 'retry' }>,
    properties: Record<string, unknown>,
  ) => {
    // Another sender knows nothing of this one's ids: what may have been sent stays here. So does
    // what came too fast for its recipient: it is their turn that is to be waited for.
    const elsewhere = error instanceof Retryable && !error.recipientOnly
    const next = elsewhere ? await tried(deps.alternative(current)) : undefined
    // The first failure may be this sender's alone; after that two senders in turn must not hurry.
    const afterMs = next && item.row.attempt === 0 ? 0 : conclusion.afterMs
    const { reason, detail } = conclusion
    const settled = {
      ...{ reason, detail, event: 'message.retried', properties },
      dueAt: new Date(now().getTime() + afterMs),
    }
    return handOver(item, next, settled)
  }

  /** The sender cannot work: others of its channel take over, else its messages wait for a person. */
  const pause = async (
    item: Held,
    error: unknown,
    current: Sender,
    properties: Record<string, unknown>,
  ) => {
    const detail = error instanceof Misconfigured ? error.message : String(error)
    await tried(deps.pauseSender(current, detail))
    const next = await tried(deps.alternative(current))
    const settled = { reason: 'sender_paused', detail, event: 'message.retried', properties }
    return handOver(item, next, { ...settled, dueAt: now() })
  }

  /** To the next sender if there is one, and in any case back to the queue. */
  const handOver = async (
    item: Held,
    next: Sender | undefined,
    settled: Omit<Parameters<DispatchDeps['move']>[1], 'sender'>,
  ) => {
    const moved = next && (await tried(deps.move(item, { sender: next, ...settled })))
    if (moved !== undefined) return release(item) // false: it is another's by now
    return settleRow(item, { status: 'queued', ...settled })
  }

  /** To the next channel if there is one; else this was the end. */
  const reroute = async (
    item: Held,
    why: { reason: string; detail: string },
    properties?: Record<string, unknown>,
  ) => {
    if (item.row.routing && (await tried(deps.reroute(item, why, properties ?? {}))))
      return release(item)
    const skipped = why.reason === 'suppressed' || why.reason === 'unsubscribed'
    const status = skipped ? ('skipped' as const) : ('failed' as const)
    const { reason, detail } = why
    const settled = { status, reason, detail, event: `message.${status}` }
    return settleRow(item, properties ? { ...settled, properties } : settled)
  }

  const noteCall = (ok: boolean, current: Sender) => {
    const change: Change = breaker.note(ok, performance.now())
    if (!change) return
    const openUntil = change === 'open' ? new Date(now().getTime() + OPEN_MS) : null
    void tried(deps.setBreaker(current, openUntil))
  }

  return {
    send: (item, rendered, current) => guard(item, send(item, rendered, current)),
    giveBack: (item) => guard(item, settleRow(item, returned())),
    failUnrendered(item, error) {
      const { message: detail } = error
      const settled = { status: 'failed', reason: 'template', detail } as const
      guard(item, settleRow(item, { ...settled, event: 'message.failed' }))
    },
    refuse(item, verdict) {
      if (verdict.go) return release(item)
      const { status, reason, detail } = verdict
      if (status === 'skipped') return guard(item, reroute(item, { reason, detail }))
      guard(item, settleRow(item, { status, reason, detail, event: `message.${status}` }))
    },
  }
}

/** It looked at this message and refused it, or found its recipient written to too often. */
const isVendorWell = (error: unknown, conclusion: Conclusion): boolean =>
  (error instanceof Retryable && error.recipientOnly) ||
  (conclusion.do === 'fail' && conclusion.reason !== 'attempts_exhausted')

function attempted({ row }: Held, sender: Sender, durationMs: number): Record<string, unknown> {
  return {
    attempt: row.attempt + 1,
    sender_id: sender.id,
    provider: sender.provider.id,
    duration_ms: Math.round(durationMs),
  }
}
