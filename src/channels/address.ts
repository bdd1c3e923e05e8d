/** Where each channel reaches somebody: which kind of address it needs, and whether one is well-formed. */
import { emailSyntax, normaliseEmail } from '../lib/email.ts'
import { phoneFaults, toE164 } from '../lib/phone.ts'
import type { ChannelId } from './channel.ts'

export type AddressKind = 'email' | 'phone' | 'push'

const kinds: Partial<Record<ChannelId, AddressKind>> = {
  email: 'email',
  sms: 'phone',
  whatsapp: 'phone',
  voice: 'phone',
  push: 'push',
}

/** Null for channels that go to the sender's own destination or, as in_app, to the contact itself. */
export function addressKind(channel: ChannelId): AddressKind | null {
  return kinds[channel] ?? null
}

export type Normalised = { ok: true; address: string } | { ok: false; reason: string }

/** The one form in which an address is stored and compared: lower-case domain, E.164, or as given. */
export function normaliseAddress(
  kind: AddressKind,
  given: string,
  defaultCountry: string | null,
): Normalised {
  if (kind === 'phone') {
    const phone = toE164(given, defaultCountry)
    return phone.ok
      ? { ok: true, address: phone.number }
      : { ok: false, reason: phoneFaults[phone.reason] }
  }
  if (kind === 'push') {
    return given.trim()
      ? { ok: true, address: given.trim() }
      : { ok: false, reason: 'the token is empty' }
  }
  const address = normaliseEmail(given)
  return emailSyntax(address)
    ? { ok: true, address }
    : { ok: false, reason: 'not an email address, such as ada@example.com' }
}
