/**
 * Sends what was claimed for one sender: render, intent, send, settle.
 *
 * Keeps up to `concurrency` messages between intent and answer, so that a sender's
 * connections never idle while a statement commits. Rows wait here in their order of
 * priority; losing them costs nothing, for their lease runs out.
 */

import { addressKind } from '../../channels/address.ts'
import type { Sender } from '../../channels/directory.ts'
import type { Accepted } from '../../channels/provider.ts'
import { addressHash } from '../../consent/hash.ts'
import { Misconfigured, Retryable } from '../../errors.ts'
import { nextTurn } from '../../lib/turn.ts'
import { gate } from '../gate.ts'
import { LEASE_SECONDS } from '../life.ts'
import type { Rendered } from '../render.ts'
import { type Claimed, type Intent, intend } from '../store/deliver.ts'
import { type Change, createBreaker, OPEN_MS } from './breaker.ts'
import { conclude } from './conclude.ts'
import type { DispatchDeps } from './deps.ts'
import { loadParts, renderAll, SLICE } from './prepareBatch.ts'

const CHUNK = 200 // rows in one intent
const INTENTS_AT_ONCE = 2
const AHEAD = 2 // times the provider's concurrency may be between intent and answer, so that it never waits for us
const PREFETCH = 1_000 // rows that wait here, at least
const MAX_UNSETTLED = 4_000 // answered rows whose settlement is not committed yet
const HALF_LEASE_MS = (LEASE_SECONDS * 1000) / 2

/** A row with the lease under which we hold it. */
export interface Held {
  readonly row: Claimed
  readonly lease: string
  /** Monotonic time of the claim or of its last renewal. */
  heldAtMs: number
  /** It takes one of the places between intent and answer. */
  counted?: boolean
}

interface Ready {
  readonly item: Held
  readonly rendered: Rendered
  readonly pepper: Buffer
}

export interface Worker {
  push(rows: readonly Held[]): void
  /** How many more rows it makes sense to claim. */
  room(): number
  /** Everything held and not settled, for renewing leases. */
  held(): Iterable<Held>
  /** Lets go of the rows that were not begun and answers them, to be given back. */
  abandon(): Held[]
  readonly idle: boolean
}

export function createWorker(
  sender: () => Promise<Sender | undefined>,
  first: Sender,
  deps: DispatchDeps,
): Worker {
  const breaker = createBreaker()
  const queues: Held[][] = [[], [], [], []] // by priority
  const held = new Map<string, Held>()
  const window = first.provider.limits.concurrency * AHEAD
  const ready: Ready[] = []
  let preparing = false
  let waiting = 0
  let underWay = 0 // between intent and answer, or about to be
  let intents = 0

  const take = (limit: number): Held[] => {
    const taken: Held[] = []
    for (let priority = queues.length - 1; priority >= 0 && taken.length < limit; priority--) {
      taken.push(...(queues[priority]?.splice(0, limit - taken.length) ?? []))
    }
    waiting -= taken.length
    return taken
  }

  /** Renders ahead of the intents. What is only rendered has not begun: losing it costs nothing. */
  const prepare = async () => {
    if (preparing) return
    preparing = true
    try {
      while (waiting > 0 && ready.length < CHUNK * 2 && !deps.stopping.aborted) {
        await prepareBatch(take(CHUNK / 2))
        pump()
      }
    } finally {
      preparing = false
    }
  }

  const prepareBatch = async (batch: readonly Held[]) => {
    try {
      const current = (await sender()) ?? first
      const parts = await loadParts(
        batch.map((item) => item.row),
        current,
        deps,
      )
      const results = await renderAll(batch, parts, deps)
      for (const [index, item] of batch.entries()) {
        const result = results[index]
        if (result instanceof Error)
          guard(
            item,
            settleRow(item, {
              status: 'failed',
              reason: 'template',
              detail: result.message,
              event: 'message.failed',
            }),
          )
        else if (result)
          ready.push({ item, rendered: result, pepper: parts.pepper(item.row.workspaceId) })
      }
    } catch (error) {
      giveUp(batch, error)
    }
  }

  const pump = () => {
    while (
      ready.length > 0 &&
      intents < INTENTS_AT_ONCE &&
      held.size - waiting < MAX_UNSETTLED &&
      !deps.stopping.aborted
    ) {
      const free = window - underWay
      // A few free places are not worth a statement while others are still under way.
      if (free <= 0 || (free < Math.min(CHUNK, window / 2, ready.length) && underWay > 0)) break
      const batch = ready.splice(0, Math.min(CHUNK, free))
      intents++
      underWay += batch.length
      for (const { item } of batch) item.counted = true
      begin(batch).catch((error: unknown) =>
        giveUp(
          batch.map(({ item }) => item),
          error,
        ),
      )
    }
    if (ready.length < CHUNK) void prepare()
  }

  /** The database is away, or we are stopping: the leases bring the rows back. */
  const giveUp = (batch: readonly Held[], error: unknown) => {
    deps.log.warn({ err: error, messages: batch.length }, 'a batch was given back')
    for (const item of batch) release(item)
  }

  /** Whether these intents were committed nobody knows, but that nothing was sent we do know. */
  const returnUnsent = (batch: readonly Ready[], error: unknown) => {
    deps.log.warn({ err: error, messages: batch.length }, 'a batch was given back unsent')
    for (const { item } of batch) guard(item, settleRow(item, returned()))
  }

  const returned = () => ({
    status: 'queued' as const,
    reason: null,
    detail: null,
    event: 'message.returned',
    dueAt: deps.db.clock.now(),
  })

  const begin = async (batch: readonly Ready[]) => {
    const now = deps.db.clock.now()
    const until = new Date(now.getTime() + LEASE_SECONDS * 1000)
    const intended = await intend(deps.db.engine, batch.map(wanted), now, until).catch(
      (error: unknown) => {
        returnUnsent(batch, error)
        return null
      },
    )
    intents--
    if (!intended) return
    const intendedAt = performance.now()
    for (const { item } of batch) item.heldAtMs = intendedAt
    const current = (await sender()) ?? first
    const byId = new Map(intended.map((intent) => [intent.id, intent]))
    for (const [index, { item, rendered }] of batch.entries()) {
      if (index % SLICE === SLICE - 1) await nextTurn()
      const intent = byId.get(item.row.id)
      if (intent) proceed(item, intent, rendered, current)
      else release(item) // cancelled or taken over meanwhile
    }
    pump()
  }

  const release = (item: Held) => {
    answered(item)
    if (held.get(item.row.id) === item) held.delete(item.row.id)
    if (waiting < PREFETCH / 2) deps.onRoom()
    pump()
  }

  /** Its place between intent and answer is free, though it is not settled yet. */
  const answered = (item: Held) => {
    if (!item.counted) return
    item.counted = false
    underWay--
  }

  const proceed = (item: Held, intent: Intent, rendered: Rendered, current: Sender) => {
    if (intent.gone) return guard(item, send(item, rendered, current))
    const verdict = gate(intent)
    if (verdict.go) return release(item)
    if (item.row.routing && verdict.status === 'skipped') return guard(item, reroute(item, verdict))
    const { status, reason, detail } = verdict
    guard(item, settleRow(item, { status, reason, detail, event: `message.${status}` }))
  }

  /** Nobody waits for a message's own work. When it breaks, the lease brings the row back, or shows it as unknown. */
  const guard = (item: Held, work: Promise<unknown>): void => {
    work.catch((error: unknown) => {
      deps.log.error({ err: error, message_id: item.row.id }, 'a message could not be settled')
      release(item)
    })
  }

  const send = async (item: Held, rendered: Rendered, current: Sender) => {
    const startedAt = performance.now()
    // A stopped or swapped-out process must not send under a lease that may be another's by now.
    if (startedAt - item.heldAtMs > HALF_LEASE_MS) return settleRow(item, returned())
    let accepted: Accepted
    try {
      accepted = await current.provider.send(rendered.outbound, deps.senders.context(current))
    } catch (error) {
      return settleFailure(item, error, current, performance.now() - startedAt)
    }
    noteCall(true, current)
    return settleSent(item, accepted, current, performance.now() - startedAt)
  }

  const settleSent = async (
    item: Held,
    accepted: Accepted,
    current: Sender,
    durationMs: number,
  ) => {
    deps.onSent(current, durationMs)
    const answeredAt = deps.db.clock.now()
    const kept = await settleRow(item, {
      status: 'sent',
      reason: null,
      detail: null,
      event: 'message.sent',
      at: answeredAt,
      providerMessageId: accepted.providerMessageId,
      properties: { ...attempted(item, current, durationMs), reply: accepted.reply.slice(0, 1024) },
    })
    if (!kept || !accepted.receipts?.length) return
    // The sandbox's recipient cannot have reacted before the message was sent.
    const receipts = accepted.receipts.map((receipt) => ({
      ...receipt,
      at: receipt.at < answeredAt ? answeredAt : receipt.at,
    }))
    await deps.onReceipts(item.row, receipts)
  }

  const settleFailure = async (item: Held, error: unknown, current: Sender, durationMs: number) => {
    const { row } = item
    const conclusion = conclude(error, {
      attempt: row.attempt + 1,
      idempotent: current.provider.delivery.idempotency !== 'none',
      resendUnknown: current.onUnknown === 'resend' || (await deps.resendsUnknown(row)),
    })
    const properties = { ...attempted(item, current, durationMs), error: conclusion.detail }
    const asked = error instanceof Retryable && error.code === '429' ? error.after : undefined
    if (asked !== undefined) quietly(deps.holdSender(current, asked))
    else noteCall(conclusion.do === 'fail' && conclusion.reason !== 'attempts_exhausted', current)
    if (conclusion.do === 'unknown') {
      return settleRow(item, {
        status: 'unknown',
        reason: 'unanswered',
        detail: conclusion.detail,
        event: 'message.unknown',
        properties,
      })
    }
    if (conclusion.do === 'pause') return pause(item, error, current, properties)
    if (conclusion.do === 'retry') {
      // Another sender knows nothing of this one's ids: what may have been sent stays here.
      const next = error instanceof Retryable ? await deps.alternative(current) : undefined
      // The first failure may be this sender's alone; after that two senders in turn must not hurry.
      const afterMs = next && row.attempt === 0 ? 0 : conclusion.afterMs
      const dueAt = new Date(deps.db.clock.now().getTime() + afterMs)
      const settled = {
        status: 'queued' as const,
        reason: conclusion.reason,
        detail: conclusion.detail,
        event: 'message.retried',
        properties,
      }
      if (next)
        return deps.move(item, { sender: next, dueAt, ...settled }).finally(() => release(item))
      return settleRow(item, { ...settled, dueAt })
    }
    if (conclusion.suppress || conclusion.unsubscribe) await deps.onRefused(row, conclusion)
    if (row.routing) return reroute(item, conclusion, properties)
    return settleRow(item, {
      status: 'failed',
      reason: conclusion.reason,
      detail: conclusion.detail,
      event: 'message.failed',
      properties,
    })
  }

  /** The sender cannot work: others of its channel take over, else its messages wait for a person. */
  const pause = async (
    item: Held,
    error: unknown,
    current: Sender,
    properties: Record<string, unknown>,
  ) => {
    const detail = error instanceof Misconfigured ? error.message : String(error)
    await deps.pauseSender(current, detail)
    const next = await deps.alternative(current)
    const settled = {
      status: 'queued' as const,
      reason: 'sender_paused',
      detail,
      event: 'message.retried',
      properties,
    }
    const dueAt = deps.db.clock.now()
    if (next)
      return deps.move(item, { sender: next, dueAt, ...settled }).finally(() => release(item))
    return settleRow(item, { ...settled, dueAt })
  }

  const reroute = async (
    item: Held,
    why: { reason: string; detail: string },
    properties: Record<string, unknown> = {},
  ) => {
    const moved = await deps.reroute(item, why, properties)
    if (moved) return release(item)
    const skipped = why.reason === 'suppressed' || why.reason === 'unsubscribed'
    const status = skipped ? 'skipped' : 'failed'
    return settleRow(item, {
      status,
      reason: why.reason,
      detail: why.detail,
      event: `message.${status}`,
      properties,
    })
  }

  const settleRow = async (
    item: Held,
    outcome: {
      status: 'queued' | 'sent' | 'failed' | 'skipped' | 'expired' | 'unknown'
      reason: string | null
      detail: string | null
      event: string
      dueAt?: Date
      /** When the provider answered; now by default. */
      at?: Date
      providerMessageId?: string | null
      properties?: Record<string, unknown>
    },
  ): Promise<boolean> => {
    const { row, lease } = item
    const { status, reason, detail, event } = outcome
    answered(item)
    if (window - underWay >= Math.min(CHUNK, window / 2)) pump()
    try {
      return await deps.settler.add({
        workspaceId: row.workspaceId,
        id: row.id,
        lease,
        channel: row.channel,
        contactId: row.contactId,
        status,
        reason,
        detail,
        event,
        dueAt: outcome.dueAt ?? null,
        providerMessageId: outcome.providerMessageId ?? null,
        at: outcome.at ?? deps.db.clock.now(),
        properties: outcome.properties ?? (reason ? { reason, detail } : {}),
      })
    } finally {
      release(item)
    }
  }

  /** Notes about a sender help the next message; this one does not wait for them. */
  const quietly = (work: Promise<unknown>): void => {
    work.catch((error: unknown) =>
      deps.log.warn({ err: error }, 'the state of a sender was not noted'),
    )
  }

  const noteCall = (ok: boolean, current: Sender) => {
    const change: Change = breaker.note(ok, performance.now())
    if (change)
      quietly(
        deps.setBreaker(
          current,
          change === 'open' ? new Date(deps.db.clock.now().getTime() + OPEN_MS) : null,
        ),
      )
  }

  return {
    push(rows) {
      for (const item of rows) {
        held.set(item.row.id, item)
        queues[item.row.priority]?.push(item)
      }
      waiting += rows.length
      pump()
    },
    room: () => Math.max(0, Math.max(PREFETCH, window) - waiting),
    held: () => held.values(),
    abandon() {
      const rows = [...take(waiting), ...ready.splice(0).map(({ item }) => item)]
      for (const item of rows) held.delete(item.row.id)
      return rows
    },
    get idle() {
      return held.size === 0
    },
  }
}

function wanted({ item: { row, lease }, pepper }: Ready) {
  const kind = addressKind(row.channel as Parameters<typeof addressKind>[0]) // messages_channel comes from channelIds
  const hash = kind && row.address ? addressHash(pepper, kind, row.address) : null
  return { workspaceId: row.workspaceId, id: row.id, lease, kind, addressHash: hash }
}

function attempted({ row }: Held, sender: Sender, durationMs: number): Record<string, unknown> {
  return {
    attempt: row.attempt + 1,
    sender_id: sender.id,
    provider: sender.provider.id,
    duration_ms: Math.round(durationMs),
  }
}
