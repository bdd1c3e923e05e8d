/**
 * Phone numbers as people type them, to E.164 as every vendor wants them.
 *
 * Uses the library's `min` metadata, which knows each country's lengths and leading
 * digits. The `max` one also knows which blocks were allotted when it was published and
 * so refuses +972501234567, which people use as their example; the `mobile` one would refuse
 * land lines, which WhatsApp and calls do reach. Whether a number is in use is only
 * known after sending to it.
 */
import {
  type CountryCode,
  isSupportedCountry,
  ParseError,
  parsePhoneNumberWithError,
} from 'libphonenumber-js/min'

export type PhoneFault =
  | 'empty'
  | 'too_long'
  | 'not_a_number'
  | 'unknown_country'
  | 'too_short'
  | 'wrong_form'

export type PhoneResult =
  | { readonly ok: true; readonly number: string }
  | { readonly ok: false; readonly reason: PhoneFault }

/** What to tell the person who typed the number. */
export const phoneFaults: Readonly<Record<PhoneFault, string>> = {
  empty: 'The phone number is empty.',
  too_long: 'The phone number has too many digits.',
  not_a_number: 'This is not a phone number.',
  unknown_country: 'Start the phone number with + and its country code, such as +972501234567.',
  too_short: 'The phone number has too few digits.',
  wrong_form: 'No phone number of that country looks like this.',
}

const MAX_INPUT = 64 // characters; E.164 has 15 digits, the rest is spaces, brackets and words
const MARKS = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g // direction marks copied along with numbers

/** `defaultCountry` is ISO 3166-1 alpha-2, used when the number has no country code of its own. */
export function toE164(input: string, defaultCountry: string | null): PhoneResult {
  if (input.length > MAX_INPUT) return { ok: false, reason: 'too_long' }
  const text = input.replace(MARKS, '').trim()
  if (text === '') return { ok: false, reason: 'empty' }
  try {
    const country = countryCode(defaultCountry)
    const parsed = parsePhoneNumberWithError(text, {
      extract: false,
      ...(country && { defaultCountry: country }),
    })
    return parsed.isValid()
      ? { ok: true, number: parsed.number }
      : { ok: false, reason: 'wrong_form' }
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, reason: faultOf(error.message) }
    throw error
  }
}

function countryCode(country: string | null): CountryCode | undefined {
  const code = country?.toUpperCase()
  return code !== undefined && isSupportedCountry(code) ? code : undefined
}

/** The library's error messages are codes. */
function faultOf(message: string): PhoneFault {
  if (message === 'TOO_SHORT') return 'too_short'
  if (message === 'TOO_LONG') return 'too_long'
  if (message === 'INVALID_COUNTRY') return 'unknown_country'
  return 'not_a_number'
}
