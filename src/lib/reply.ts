/**
 * Reading the replies of vendors: what providers and connectors would otherwise each
 * write again. See errors.ts for the four families.
 */
import { errorForStatus, Misconfigured, Rejected, Retryable, Unanswered } from '../errors.ts'
import type { HttpResponse } from './http.ts'

const EXCERPT_BYTES = 1_000 // at most 1 KB goes to a timeline

/**
 * The beginning of a reply, on one line, for people. Servers like to echo the URL they
 * were called with, so pass the secrets that it holds.
 */
export function excerpt(text: string, ...secrets: readonly (string | undefined)[]): string {
  if (text === '') return ''
  // Taken out, a short one would show by where it is missing in words of the server's own.
  if (secrets.some((secret) => secret && secret.length < 8 && text.includes(secret))) return ''
  let shown = text.slice(0, EXCERPT_BYTES * 4)
  for (const secret of secrets) if (secret) shown = shown.replaceAll(secret, '***')
  shown = shown.replace(/[\s\p{Cc}\ufffd]+/gu, ' ').trim()
  return Buffer.from(shown)
    .toString('utf8', 0, EXCERPT_BYTES)
    .replace(/\ufffd+$/, '')
}

/** Seconds until we may ask again: RFC 9110 §10.2.3, a number or a date. Undefined when not said. */
export function retryAfterSeconds(reply: HttpResponse, now = Date.now()): number | undefined {
  const value = reply.headers['retry-after']?.trim()
  if (!value) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1_000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

/**
 * The error for a reply that is not a success. Where the API has no idempotency, a 5xx
 * without words of the vendor's own (a gateway's page, an empty body) says nothing about
 * what became of the message: Unanswered. 503 means that nobody took it (RFC 9110 §15.6.4).
 */
export function errorForReply(
  reply: HttpResponse,
  message: string,
  { idempotent = false }: { idempotent?: boolean } = {},
) {
  const { status } = reply
  if (status >= 300 && status < 400) {
    return new Misconfigured(`${message}. It was a redirect; correct the URL.`)
  }
  if (status === 404 || status === 405 || status === 410) return new Misconfigured(message)
  const inOwnWords = typeof reply.body === 'object' && reply.body !== null
  if (status >= 500 && status !== 503 && !idempotent && !inOwnWords) return new Unanswered(message)
  return errorForStatus(status, message, retryAfterSeconds(reply))
}

/** For `check`, which loses nothing by an unknown outcome: raises only Misconfigured or Retryable. */
export async function checking(call: () => Promise<void>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (error instanceof Unanswered) throw new Retryable(error.message, { cause: error })
    if (error instanceof Rejected) throw new Misconfigured(error.message, { cause: error })
    throw error
  }
}

/** Cuts to `max` UTF-16 units, never through a character, and shows that it did. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}
