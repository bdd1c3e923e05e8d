/**
 * What an email address is, here: a dot-atom and a domain name.
 *
 * Narrower than RFC 5321 on purpose. Quoted local parts, comments, groups and
 * address literals are refused, because parsers disagree about them and that is
 * how mail is sent to someone else. Internationalised addresses (RFC 6531) are fine.
 */
import { Buffer } from 'node:buffer'
import { domainToASCII } from 'node:url'

const MAX_ADDRESS = 254 // octets; RFC 5321 4.5.3.1.3, less the angle brackets
const MAX_LOCAL_PART = 64 // octets; RFC 5321 4.5.3.1.1
const MAX_DOMAIN = 253 // characters of the ASCII form; RFC 1035 2.3.4

const asciiLocalPart = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
// RFC 6532 3.2 admits everything beyond ASCII; separators and controls we do not.
const localPart =
  /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{So}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{So}-]+)*$/u
// The last label is no number, so an IPv4 address is no domain.
const asciiDomain =
  /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i
const forbiddenInDomain = /[\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/

/**
 * Could mail be sent to this? Says nothing of whether the mailbox exists. Takes
 * time linear in at most 254 characters, whatever it is given.
 */
export function emailSyntax(address: string): boolean {
  if (address.length > MAX_ADDRESS) return false
  const at = address.lastIndexOf('@')
  if (at < 1) return false
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  if (local.length > MAX_LOCAL_PART) return false
  if (asciiLocalPart.test(local)) return domainSyntax(domain)
  return (
    localPart.test(local) &&
    Buffer.byteLength(local) <= MAX_LOCAL_PART &&
    Buffer.byteLength(address) <= MAX_ADDRESS &&
    domainSyntax(domain)
  )
}

function domainSyntax(domain: string): boolean {
  if (domain.length <= MAX_DOMAIN && asciiDomain.test(domain)) return true
  if (domain.toLowerCase() === 'localhost') return true
  if (forbiddenInDomain.test(domain) || isAscii(domain)) return false
  const ascii = domainToASCII(domain)
  return ascii.length <= MAX_DOMAIN && asciiDomain.test(ascii)
}

/**
 * One spelling per mailbox: trimmed, NFC, the domain in lower case and ASCII (RFC 5891).
 * The local part keeps its case, which belongs to its server (RFC 5321 2.4). What is no
 * address comes back trimmed, for `emailSyntax` to refuse.
 */
export function normaliseEmail(address: string): string {
  const trimmed = address.trim()
  if (trimmed.length > MAX_ADDRESS * 4) return trimmed
  const composed = trimmed.normalize('NFC')
  const at = composed.lastIndexOf('@')
  if (at < 1) return composed
  const domain = composed.slice(at + 1).toLowerCase()
  if (isAscii(domain) || forbiddenInDomain.test(domain)) return composed.slice(0, at + 1) + domain
  return composed.slice(0, at + 1) + (domainToASCII(domain) || domain)
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}
