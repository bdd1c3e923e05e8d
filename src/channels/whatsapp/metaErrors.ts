/**
 * Meta's error codes, and what we do about each. The same codes come as answers and, later, in
 * `failed` statuses: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
 */
import { z } from 'zod'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import type { HttpResponse } from '../../lib/http.ts'
import { errorForReply, excerpt, retryAfterSeconds } from '../../lib/reply.ts'

/** More than 24 hours since the recipient last wrote: only a template may be sent. */
export const WINDOW_CLOSED = 131047
/** Meta keeps people from too many messages of businesses. */
const ENOUGH_FOR_TODAY = 131049
const OPTED_OUT = 131050
const PAIR_LIMIT = 131056
/** Of the Graph API: the id in the address, which is our number's, leads nowhere or is not for this token. */
const [NOT_RIGHT, NO_SUCH_OBJECT] = [100, 33]
const DAY_SECONDS = 86_400
const BUSY_SECONDS = 10 // where the account is asked to slow down and is not told for how long

type Family = 'settings' | 'busy' | 'retry' | 'recipient' | 'blocked' | 'content'

const families: Readonly<Record<number, Family>> = {
  0: 'settings', // the token could not be authenticated
  3: 'settings', // the app may not do this
  10: 'settings',
  33: 'settings', // the phone number was deleted
  190: 'settings', // the token has expired
  368: 'settings', // blocked for a breach of policy
  131005: 'settings',
  131031: 'settings', // the account is locked
  131042: 'settings', // no means of payment
  131045: 'settings', // the phone number is not registered
  131048: 'settings', // too many were reported as spam
  133010: 'settings',
  4: 'busy',
  80007: 'busy',
  130429: 'busy',
  2: 'retry',
  131000: 'retry',
  131016: 'retry',
  131057: 'retry',
  [PAIR_LIMIT]: 'recipient',
  [ENOUGH_FOR_TODAY]: 'blocked',
  130472: 'blocked', // part of an experiment
  131021: 'blocked', // sender and recipient are one
  131026: 'blocked', // not on WhatsApp, or an old version of it
  131062: 'blocked', // not for users without a number
}

const ErrorBody = z.object({
  error: z.object({
    code: z.number(),
    error_subcode: z.number().nullish().catch(null),
    message: z.string().catch(''),
    error_data: z
      .object({ details: z.string().catch('') })
      .nullish()
      .catch(null),
  }),
})

/** Meta's code, where the reply has one. */
export function codeOf(reply: HttpResponse): number | undefined {
  return ErrorBody.safeParse(reply.body).data?.error.code
}

/** `token` must appear in no message. */
export function errorFor(reply: HttpResponse, token: string) {
  const said = ErrorBody.safeParse(reply.body).data?.error
  if (!said) {
    const text = `Meta answered ${reply.status} ${excerpt(reply.text, token)}`.trim()
    return reply.status < 300 ? new Unanswered(text) : errorForReply(reply, text)
  }
  const { code, message, error_data: data } = said
  const words = excerpt([message, data?.details].filter(Boolean).join(' '), token)
  const text = `Meta refused (${code}): ${words}`
  if (code === NOT_RIGHT && said.error_subcode === NO_SUCH_OBJECT) return new Misconfigured(text)
  return errorForCode(code, text, retryAfterSeconds(reply)) ?? errorForReply(reply, text)
}

function errorForCode(code: number, text: string, after: number | undefined) {
  const options = { code: String(code), after }
  switch (familyOf(code)) {
    case 'settings':
      return new Misconfigured(text)
    case 'busy':
      return new Retryable(text, { after: after ?? BUSY_SECONDS, code: '429' })
    case 'retry':
      return new Retryable(text, options)
    case 'recipient':
      return new Retryable(text, { ...options, recipientOnly: true })
    case 'blocked':
      return new Rejected(
        'blocked',
        text,
        String(code),
        code === ENOUGH_FOR_TODAY ? { restSeconds: DAY_SECONDS } : {},
      )
    case 'content':
      return new Rejected('content', text, String(code))
    default:
      return code === OPTED_OUT ? new Rejected('unsubscribed', text, String(code)) : undefined
  }
}

function familyOf(code: number): Family | undefined {
  if (code >= 200 && code <= 299) return 'settings' // permissions
  if (code >= 132000 && code <= 132999) return 'content' // templates
  return families[code] ?? (code === WINDOW_CLOSED ? 'content' : undefined)
}

/** Of a `failed` status: the recipient has asked for no more. */
export const isOptOut = (code: number) => code === OPTED_OUT
/** Of a `failed` status: seconds for which nothing unasked should be sent to the recipient. */
export const restAfter = (code: number) => (code === ENOUGH_FOR_TODAY ? DAY_SECONDS : null)
