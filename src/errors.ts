/**
 * Every error this program raises on purpose.
 *
 * The code is part of the public API: clients switch on it, docs/errors.md is
 * generated from this table. Add codes; never rename or reuse one.
 */
export const codes = {
  malformed: [400, 'The request could not be read.'],
  unauthenticated: [401, 'Sign in or send an API key.'],
  code_required: [401, 'Give the code of your authenticator app as well.'],
  forbidden: [403, 'Your role or key does not allow this.'],
  reauthentication_required: [
    403,
    'Give your password again; this needs a login of the last minutes.',
  ],
  not_found: [404, 'There is no such thing here.'],
  conflict: [409, 'This is not possible in its present state.'],
  in_flight: [409, 'The same request is still being answered.'],
  outdated: [412, 'Somebody else changed it meanwhile.'],
  too_large: [413, 'The request body is too large.'],
  unsupported_media_type: [415, 'The body is not of the type that is taken here.'],
  invalid_input: [422, 'The request is not valid.'],
  idempotency_mismatch: [422, 'This Idempotency-Key was used for another request.'],
  rate_limited: [429, 'Too many requests.'],
  internal: [500, 'Something went wrong on our side.'],
  unavailable: [503, 'Try again shortly.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type Code = keyof typeof codes

/** One field that is wrong: an RFC 6901 pointer into the body, and what to do about it. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** Someone asked us for something that we will not do. Becomes application/problem+json (RFC 9457). */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: Code
  readonly status: number
  readonly errors: readonly FieldError[] | undefined
  /** Seconds after which asking again makes sense; becomes Retry-After. */
  readonly retryAfter: number | undefined

  constructor(
    code: Code,
    message?: string,
    options?: { errors?: readonly FieldError[]; retryAfter?: number; cause?: unknown },
  ) {
    super(message ?? codes[code][1], { cause: options?.cause })
    this.code = code
    this.status = codes[code][0]
    this.errors = options?.errors
    this.retryAfter = options?.retryAfter
  }
}

/** The 422 for one field. `pointer` is RFC 6901, such as `/to/email`. */
export function invalid(pointer: string, detail: string): AppError {
  return new AppError('invalid_input', detail, { errors: [{ pointer, detail }] })
}

/**
 * What can go wrong when we call someone else's API, named after what we do next
 * rather than after what happened. There are four, and only four:
 *
 *   Retryable      the provider is busy or unreachable   -> try again later; nothing was accepted
 *   Unanswered     the request left, no answer came back -> unknown: look it up, or ask a human
 *   Rejected       this will never be accepted           -> fail it; maybe suppress the address
 *   Misconfigured  our settings are wrong                -> pause the sender, tell a human
 */
export class Retryable extends Error {
  override name = 'Retryable'
  /** Seconds the provider asked us to wait, from Retry-After. */
  readonly after: number | undefined
  /** The provider's own code or status, kept for people to read. */
  readonly code: string | undefined
  /** Too much for this one recipient: others may still be written to. */
  readonly recipientOnly: boolean
  constructor(
    message: string,
    options?: {
      after?: number | undefined
      code?: string
      cause?: unknown
      recipientOnly?: boolean
    },
  ) {
    super(message, { cause: options?.cause })
    this.after = options?.after
    this.code = options?.code
    this.recipientOnly = options?.recipientOnly ?? false
  }
}

export class Unanswered extends Error {
  override name = 'Unanswered'
}

export class Rejected extends Error {
  override name = 'Rejected'
  readonly reason: RejectReason
  readonly code: string | undefined
  /** Seconds for which the vendor takes no unasked message for this recipient; undefined: no such word. */
  readonly restSeconds: number | undefined
  constructor(
    reason: RejectReason,
    message: string,
    code?: string,
    options?: { restSeconds?: number },
  ) {
    super(message)
    this.reason = reason
    this.code = code
    this.restSeconds = options?.restSeconds
  }
}

export class Misconfigured extends Error {
  override name = 'Misconfigured'
}

export type VendorFault = Retryable | Unanswered | Rejected | Misconfigured

/** One of the four; everything else that is thrown is a fault of ours. */
export function isVendorFault(error: unknown): error is VendorFault {
  return [Retryable, Unanswered, Rejected, Misconfigured].some((kind) => error instanceof kind)
}

/** Only `invalid_address` and `unsubscribed` put the address on the suppression list. */
export type RejectReason = 'invalid_address' | 'unsubscribed' | 'blocked' | 'content'

/** The default reading of an HTTP status. Providers refine it; few need to. `after` is in seconds. */
export function errorForStatus(status: number, message: string, after?: number) {
  const code = String(status)
  if (status === 401 || status === 403) return new Misconfigured(message)
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new Retryable(message, { after, code })
  }
  return new Rejected('content', message, code)
}
