/**
 * What an incoming mail tells us: a bounce, a complaint, an absence, or a reply.
 *
 * Takes any bytes and always answers; what cannot be read is said to be unreadable. It
 * reads only: whose message it is about, and what follows from it, is decided by others.
 * Standards first (RFC 3464 delivery status, RFC 5965 feedback reports, RFC 3834
 * automatic answers), then the habits of servers that follow none.
 */
import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { isAutoReply, returnDate } from './autoReply.ts'
import { readBounceText } from './bounceText.ts'
import {
  addressIn,
  type BouncedRecipient,
  type Fields,
  readFieldGroups,
  readRecipients,
} from './deliveryStatus.ts'
import { bodyText, firstLines, wantsNoMore } from './replyText.ts'

export type MailReport =
  | {
      readonly kind: 'bounce'
      readonly recipients: readonly BouncedRecipient[]
      readonly originalMessageId: string | null
    }
  | {
      readonly kind: 'complaint'
      /** abuse, fraud, virus, not-spam, other (RFC 5965 §7.3). */
      readonly feedbackType: string
      readonly originalRecipient: string | null
      readonly originalMessageId: string | null
    }
  | {
      readonly kind: 'auto_reply'
      readonly from: string | null
      /** When the writer says to be back; at most 30 days ahead. */
      readonly until: Date | null
      readonly inReplyTo: readonly string[]
      readonly references: readonly string[]
    }
  | {
      readonly kind: 'reply'
      readonly from: string | null
      readonly inReplyTo: readonly string[]
      readonly references: readonly string[]
      readonly subject: string
      /** What was written above the quoted mail. */
      readonly text: string
      readonly unsubscribeIntent: boolean
    }
  | {
      readonly kind: 'unreadable'
      readonly reason: 'empty' | 'too_large' | 'not_a_mail' | 'malformed'
    }

export const MAX_REPORT = 5 * 1024 * 1024 // bytes

// A report's own parts and a reply's text come first; behind them are the original mail and attachments.
const READ = 1024 * 1024 // bytes that are parsed
const READ_LINES = 8000 // lines that are parsed; the parser takes about 8 µs for each
const MAX_PART = 256 * 1024 // characters of one part that are read
const MAX_IDS = 100

/** `receivedAt` dates a mail that does not date itself. Never throws. */
export async function readReport(raw: Buffer, receivedAt = new Date()): Promise<MailReport> {
  if (raw.length === 0) return { kind: 'unreadable', reason: 'empty' }
  if (raw.length > MAX_REPORT) return { kind: 'unreadable', reason: 'too_large' }
  try {
    const mail = await PostalMime.parse(beginning(raw), {
      forceRfc822Attachments: true,
      maxNestingDepth: 32,
      maxHeadersSize: 256 * 1024,
    })
    return readMail(mail, receivedAt)
  } catch {
    // Hostile or broken beyond what the parser takes; the bytes are kept by the caller.
    return { kind: 'unreadable', reason: 'malformed' }
  }
}

function beginning(raw: Buffer): Buffer {
  let end = 0
  for (let lines = 0; lines < READ_LINES && end < READ; lines++) {
    const next = raw.indexOf(0x0a, end)
    if (next < 0) return raw.subarray(0, READ)
    end = next + 1
  }
  return raw.subarray(0, Math.min(end, READ))
}

function readMail(mail: Email, receivedAt: Date): MailReport {
  const known = ['from', 'to', 'subject', 'date', 'message-id', 'received', 'content-type']
  if (!mail.headers.some((header) => known.includes(header.key))) {
    return { kind: 'unreadable', reason: 'not_a_mail' }
  }
  return readComplaint(mail) ?? readBounce(mail) ?? readAnswer(mail, receivedAt)
}

function readBounce(mail: Email): MailReport | null {
  const status = partOf(mail, /^message\/(?:global-)?delivery-status$/)
  const recipients = status === null ? [] : readRecipients(textOf(status))
  if (recipients.length > 0) return bounce(mail, recipients)
  const fromText = readBounceText(mail, bodyText(mail))
  if (fromText !== null) return bounce(mail, fromText)
  return status === null ? null : bounce(mail, [])
}

function bounce(mail: Email, recipients: readonly BouncedRecipient[]): MailReport {
  return { kind: 'bounce', recipients, originalMessageId: originalMessageId(mail) }
}

function readComplaint(mail: Email): MailReport | null {
  const part = partOf(mail, /^message\/feedback-report$/)
  if (part === null) return null
  const fields = readFieldGroups(textOf(part))[0]
  const original = originalHeaders(mail)
  const recipient =
    addressIn(fields?.get('original-rcpt-to')) ??
    addressIn(original?.get('x-hmxmroriginalrecipient')) ??
    addressIn(original?.get('to'))
  return {
    kind: 'complaint',
    feedbackType: (fields?.get('feedback-type') ?? 'other').toLowerCase().slice(0, 40),
    originalRecipient: recipient,
    originalMessageId: originalMessageId(mail),
  }
}

function readAnswer(mail: Email, receivedAt: Date): MailReport {
  const from = mail.from?.address || null
  const inReplyTo = messageIds(mail.inReplyTo)
  const references = messageIds(mail.references)
  const text = firstLines(bodyText(mail))
  if (isAutoReply(mail)) {
    const until = returnDate(`${mail.subject ?? ''}\n${text}`, sentAt(mail, receivedAt))
    return { kind: 'auto_reply', from, until, inReplyTo, references }
  }
  const subject = (mail.subject ?? '').slice(0, 1000)
  return {
    kind: 'reply',
    from,
    inReplyTo,
    references,
    subject,
    text,
    unsubscribeIntent: wantsNoMore(text),
  }
}

function sentAt(mail: Email, receivedAt: Date): Date {
  const date = new Date(mail.date ?? Number.NaN)
  return Number.isNaN(+date) ? receivedAt : date
}

/** From the returned mail or its headers, else from the report's own thread headers. */
function originalMessageId(mail: Email): string | null {
  const returned = messageIds(originalHeaders(mail)?.get('message-id'))[0]
  if (returned !== undefined) return returned
  const body = /^message-id:\s*(<[^<>\s]{3,500}>)/im.exec((mail.text ?? '').slice(0, MAX_PART))
  return body?.[1] ?? messageIds(mail.inReplyTo)[0] ?? messageIds(mail.references).at(-1) ?? null
}

function originalHeaders(mail: Email): Fields | undefined {
  const part = partOf(
    mail,
    /^(?:message\/(?:rfc822|global)|text\/rfc822-headers|message\/global-headers)$/,
  )
  return part === null ? undefined : readFieldGroups(textOf(part))[0]
}

function partOf(mail: Email, type: RegExp): Attachment | null {
  return mail.attachments.find((attachment) => type.test(attachment.mimeType)) ?? null
}

function textOf(part: Attachment): string {
  if (typeof part.content === 'string') return part.content.slice(0, MAX_PART)
  return Buffer.from(new Uint8Array(part.content).subarray(0, MAX_PART)).toString('utf8')
}

function messageIds(header: string | undefined): string[] {
  return (
    (header ?? '')
      .slice(-16_384)
      .match(/<[^<>\s]{3,500}>/g)
      ?.slice(-MAX_IDS) ?? []
  )
}
