/** Which kind of address each channel needs. contacts/normalise.ts says whether one is well-formed. */
import type { AddressKind } from '../contacts/schema.ts'
import type { ChannelId } from './channel.ts'

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
