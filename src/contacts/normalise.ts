/** One spelling per address, so that the same mailbox or phone is the same row everywhere. */
import type { FieldError } from '../errors.ts'
import { AppError } from '../errors.ts'
import { emailSyntax, normaliseEmail } from '../lib/email.ts'
import { phoneFaults, toE164 } from '../lib/phone.ts'
import type { AddressKind, ContactPatch } from './schema.ts'

export interface PlainAddress {
  readonly kind: AddressKind
  readonly address: string
  readonly primary: boolean
  readonly verified: boolean
}

export type Normalised =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly fault: string }

/** `country` is that of phone numbers written without one. */
export function normaliseAddress(
  kind: AddressKind,
  text: string,
  country: string | null,
): Normalised {
  if (kind === 'push') {
    const token = text.trim()
    return token ? { ok: true, address: token } : { ok: false, fault: 'The token is empty.' }
  }
  if (kind === 'phone') {
    const phone = toE164(text, country)
    return phone.ok
      ? { ok: true, address: phone.number }
      : { ok: false, fault: phoneFaults[phone.reason] }
  }
  const address = normaliseEmail(text)
  return emailSyntax(address)
    ? { ok: true, address }
    : { ok: false, fault: 'This is not an email address, such as ada@example.com.' }
}

/** Like normaliseAddress, and raises the 422 that names `pointer`. */
export function mustNormalise(
  given: { kind: AddressKind; address: string },
  country: string | null,
  pointer: string,
): string {
  const result = normaliseAddress(given.kind, given.address, country)
  if (result.ok) return result.address
  throw faulty([{ pointer, detail: result.fault }])
}

/** All addresses that a request names, with the faults of those that are none. */
export function readAddressInputs(
  input: ContactPatch,
  workspaceCountry: string | null,
): { addresses: PlainAddress[]; errors: FieldError[] } {
  const country = input.default_country ?? workspaceCountry
  const addresses: PlainAddress[] = []
  const errors: FieldError[] = []
  for (const { pointer, kind, text, primary, verified } of named(input)) {
    const result = normaliseAddress(kind, text, country)
    if (result.ok) addresses.push({ kind, address: result.address, primary, verified })
    else errors.push({ pointer, detail: result.fault })
  }
  return { addresses, errors }
}

function* named(input: ContactPatch) {
  const main = { primary: true, verified: false }
  if (input.email) yield { ...main, pointer: '/email', kind: 'email' as const, text: input.email }
  if (input.phone) yield { ...main, pointer: '/phone', kind: 'phone' as const, text: input.phone }
  if (input.push_token) {
    yield { ...main, pointer: '/push_token', kind: 'push' as const, text: input.push_token }
  }
  for (const [index, each] of (input.addresses ?? []).entries()) {
    const { kind, address, primary = false, verified = false } = each
    yield { pointer: `/addresses/${index}/address`, kind, text: address, primary, verified }
  }
}

/** The 422 for these fields. */
export function faulty(errors: readonly FieldError[]): AppError {
  const [first] = errors
  return new AppError('invalid_input', `body${first?.pointer}: ${first?.detail}`, { errors })
}
