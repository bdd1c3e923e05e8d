/**
 * Bounces without a delivery status: what older or odd servers write for people to read.
 * Tried in order: Exim's and Google's X-Failed-Recipients, qmail, Exchange, and what a
 * mailer daemon says near an address.
 */
import type { Email } from 'postal-mime'
import { addressIn, type BouncedRecipient, recipient } from './deliveryStatus.ts'

const MAX_BODY = 32 * 1024 // characters of the body that are read
const MAX_RECIPIENTS = 50
const DAEMON = /^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounces?|mail\.delivery)(?:@|$)/i
const SUBJECT =
  /undeliver|returned mail|delivery (?:status notification|failure|has failed|problem)|mail delivery (?:failed|subsystem|system)|failure notice|could not be delivered|non[ -]?remis|unzustellbar|nicht zugestellt|no se (?:pudo|ha podido) entregar|לא ניתן למסור/i
const DELAYED = /\bdelay|still trying|will be retried|warning: /i
const QMAIL = /this is the qmail-send program|^hi\. this is the/im
const EXCHANGE =
  /delivery has failed to these recipients|couldn'?t be delivered|wasn'?t delivered to|your message to .{1,320} couldn'?t be delivered/i

/** Null when the mail is no bounce. A bounce whose recipient cannot be read has an empty list. */
export function readBounceText(mail: Email, body: string): BouncedRecipient[] | null {
  const text = body.slice(0, MAX_BODY)
  const failed = mail.headers.filter((header) => header.key === 'x-failed-recipients')
  if (failed.length > 0) return fromHeader(failed.map((header) => header.value).join(','), text)
  if (QMAIL.test(text) && isDaemon(mail)) return fromQmail(text)
  if (!isDaemon(mail)) return null
  if (!SUBJECT.test(mail.subject ?? '') && !EXCHANGE.test(text)) return null
  const action = DELAYED.test(mail.subject ?? '') ? 'delayed' : 'failed'
  const own = mail.from?.address?.toLowerCase()
  const address = addressesIn(beforeOriginal(text)).find((each) => each.toLowerCase() !== own)
  return address ? [recipient(address, action, '', reasonNear(address, text))] : []
}

/** Bounces come from nobody (RFC 5321 §4.5.5) or from a daemon. */
function isDaemon(mail: Email): boolean {
  const from = mail.from?.address ?? ''
  const nobody = mail.headers.some(
    ({ key, value }) => key === 'return-path' && value.trim() === '<>',
  )
  return DAEMON.test(from) || (nobody && SUBJECT.test(mail.subject ?? ''))
}

function fromHeader(value: string, text: string): BouncedRecipient[] {
  const addresses = value.split(',').flatMap((each) => addressIn(each.trim()) ?? [])
  return [...new Set(addresses)]
    .slice(0, MAX_RECIPIENTS)
    .map((address) => recipient(address, 'failed', '', reasonNear(address, text)))
}

/** Paragraphs of `<address>:` and the reason in the lines below it. */
function fromQmail(text: string): BouncedRecipient[] {
  return beforeOriginal(text)
    .split(/\r?\n\s*\r?\n/)
    .flatMap((paragraph) => {
      const found = /^<([^<>\s]{1,320}@[^<>\s]{1,255})>:\s*([\s\S]{0,2000})/.exec(paragraph.trim())
      return found ? [recipient(found[1]!, 'failed', '', oneLine(found[2]!))] : []
    })
    .slice(0, MAX_RECIPIENTS)
}

/** From the address to the end of what is said about it. */
function reasonNear(address: string, text: string): string {
  const part = beforeOriginal(text)
  const at = part.toLowerCase().indexOf(address.toLowerCase())
  return oneLine(at < 0 ? part.slice(0, 1000) : part.slice(at + address.length, at + 1200))
}

/** The returned mail below has addresses and codes of its own. */
function beforeOriginal(text: string): string {
  const cut = text.search(
    /^-{2,} ?(?:below this line|this is a copy|original message|the header|message header)|^-{5,}$|^original message headers:|^received: from /im,
  )
  return cut > 0 ? text.slice(0, cut) : text
}

function addressesIn(text: string): string[] {
  const found = text.matchAll(/[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g)
  return [...found].slice(0, MAX_RECIPIENTS).map(([address]) => address)
}

function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/^[\s:>]+/, '')
    .trim()
}
