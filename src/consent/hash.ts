/**
 * How a suppressed address is recognised after its erasure: by its HMAC under the
 * workspace's pepper. Without the pepper the hashes of known addresses tell nothing.
 */
import type { AddressKind } from '../contacts/schema.ts'
import { createMac, type Mac } from '../lib/hmac.ts'

const macs = new WeakMap<Buffer, Mac>()

/**
 * Hex. Case does not count in emails here, though their servers may tell it apart:
 * it is better not to write to Ada than to write to her against her will.
 */
export function addressHash(pepper: Buffer, kind: AddressKind, address: string): string {
  let mac = macs.get(pepper)
  if (!mac) {
    mac = createMac(pepper)
    macs.set(pepper, mac)
  }
  return mac(`${kind}:${kind === 'email' ? address.toLowerCase() : address}`).toString('hex')
}
