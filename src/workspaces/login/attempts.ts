/**
 * How often may one try? Failed logins are counted in the database, so that all processes
 * share the lockout; a table of 3 columns and the injected clock do it, where
 * rate-limiter-flexible would make its own table and go by the machine's time.
 *
 *   a network, whatever the account      100 an hour
 *   an account from a network              5 in 15 minutes
 *   an account                            20 an hour
 *   an account on a device known to it     5 in 15 minutes, instead of all the above: nobody
 *                                          can lock people out of where they usually sign in
 *
 * An attempt is counted before the password is looked at, and taken back when it was right:
 * attempts made at once cannot slip through together.
 */
import { hash } from 'node:crypto'
import type { Sql } from '../../db/db.ts'
import { AppError } from '../../errors.ts'
import { countAttempt, dropAttempts, uncountAttempts } from './attempts.store.ts'
import { networkOf } from './networkOf.ts'

const MINUTE_MS = 60_000
const SHORT = { limit: 5, windowMs: 15 * MINUTE_MS }
const ACCOUNT = { limit: 20, windowMs: 60 * MINUTE_MS }
const NETWORK = { limit: 100, windowMs: 60 * MINUTE_MS }

export interface Attempt {
  /** Counted for this account only; forgotten when the password is right. */
  readonly own: string
  readonly shared: readonly string[]
}

export interface Tried {
  /** The member's id, or what was typed when there is no such member: unknown accounts lock alike. */
  readonly account: string
  readonly ip: string
  /** The id of a device that signed in to this account before. */
  readonly device?: string | undefined
}

/** Counts an attempt. 429 with Retry-After when it is one too many. */
export async function takeAttempt(
  sql: Sql,
  { account, ip, device }: Tried,
  now: Date,
): Promise<Attempt> {
  const name = account.toLowerCase()
  if (device !== undefined) {
    const own = keyOf('device', name, device)
    await count(sql, own, SHORT, now)
    return { own, shared: [] }
  }
  const network = keyOf('network', networkOf(ip))
  const own = keyOf('pair', name, networkOf(ip))
  const everywhere = keyOf('account', name)
  await count(sql, network, NETWORK, now)
  await count(sql, own, SHORT, now) // before the next: a blocked network does not use up the account's hour
  await count(sql, everywhere, ACCOUNT, now)
  return { own, shared: [network, everywhere] }
}

/** The password was right. */
export async function settleAttempt(sql: Sql, attempt: Attempt): Promise<void> {
  await dropAttempts(sql, [attempt.own])
  if (attempt.shared.length > 0) await uncountAttempts(sql, attempt.shared)
}

/** It was no attempt at guessing, such as a right password without its code. */
export async function takeBackAttempt(sql: Sql, attempt: Attempt): Promise<void> {
  await uncountAttempts(sql, [attempt.own, ...attempt.shared])
}

async function count(
  sql: Sql,
  key: string,
  { limit, windowMs }: typeof SHORT,
  now: Date,
): Promise<void> {
  const counted = await countAttempt(sql, key, now, new Date(now.getTime() + windowMs))
  if (counted.failures <= limit) return
  const seconds = Math.max(1, Math.ceil((counted.endsAt.getTime() - now.getTime()) / 1000))
  throw new AppError(
    'rate_limited',
    `Too many attempts. Try again in ${Math.ceil(seconds / 60)} minute(s).`,
    { retryAfter: seconds },
  )
}

/** Names and addresses are stored as hashes only. */
function keyOf(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url')
}
