/*
 * The life of a message
 *
 *   scheduled ─┐        ┌──► skipped · expired · failed
 *   held ──────┼► queued┤
 *              │   ▲    └──► sending ──► sent ──► delivered
 *   cancelled ◄┘   │           │  │        ├────► bounced
 *                  └── retry ──┘  └► unknown ──► failed
 *
 *   created  -> queued | scheduled   [accept]   committed before it is answered
 *   queued                           [read]     a process renders it; nothing is written, losing it costs nothing
 *   queued   -> skipped | expired    [gate]     may not or need not be sent; `reason` says why. Final.
 *   queued   -> sending              [intent]   committed before the first byte leaves
 *   sending  -> sent                 [settle]   a provider accepted it
 *   sending  -> queued               [settle]   Retryable; next attempt at due_at, perhaps by another sender
 *   sending  -> failed               [settle]   Rejected, or out of attempts. Final.
 *   sending  -> unknown              [settle]   Unanswered; [recover] its process died between intent and answer
 *   unknown  -> sent | delivered | … [receipt]  or a person
 *   sent     -> delivered | bounced | failed  [receipt]
 *   queued, scheduled, held -> cancelled      [change]  only while nothing is on its way
 *   queued, scheduled, held -> queued         [fallback] by its next channel, when its sender cannot work in time
 *   sending  -> queued                        [reroute]  by its next channel, when this one refused it
 *
 * What was sent and not heard of in time (`fallback_after`) stays as it is: fallback.ts sends its
 * content by the next channel as a new message.
 *
 * Invariants
 *   1. A late receipt never moves a state backwards: `rank` below, and the guard in every update.
 *   2. Opened, clicked, replied, complained and unsubscribed are events about a message, not states.
 *   3. Whoever settles must hold the lease of the row's intent.
 */
import type { Status } from './schema.ts'

/** Later facts win over earlier ones: an update may only go up. */
export const rank: Readonly<Record<Status, number>> = {
  scheduled: 0,
  queued: 0,
  held: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  bounced: 6,
  skipped: 9,
  cancelled: 9,
  expired: 9,
}

/** States in which nothing has left yet, so a person may still change their mind. */
export const waiting: readonly Status[] = ['scheduled', 'queued', 'held']

export const LEASE_SECONDS = 30 // a dead process's messages are taken over after at most this
