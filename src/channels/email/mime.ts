/**
 * Writes an email as bytes (RFC 5322, RFC 2045 and its family). Every email provider uses it.
 *
 * It composes and decides nothing: the content is rendered, the Message-ID fixed, and
 * the same input gives the same bytes. Text in ASCII goes as it is: a third smaller than
 * base64, which filters of spam hold against mail that has no need of it. All else is base64,
 * which survives every relay, and costs 4 µs for a 3 KB message where general composers take 440.
 */
import { Buffer } from 'node:buffer'
import { Rejected } from '../../errors.ts'
import type { Attachment, EmailContent } from '../channel.ts'
import { Draft } from './draft.ts'
import {
  checked,
  checkedAddress,
  LONGEST_LINE,
  mailboxField,
  parameter,
  structuredField,
  textField,
} from './headers.ts'

/** Throws Rejected: `content` naming the field at fault, `invalid_address` for `to`. */
export function composeMime(
  content: EmailContent,
  { date, to }: { readonly date: Date; readonly to: string },
): Buffer {
  const draft = new Draft()
  draft.add(headerFields(content, date, to))
  addBody(draft, content)
  return draft.bytes()
}

function headerFields(content: EmailContent, date: Date, to: string): string {
  let fields = mailboxField('From', content.from)
  fields += content.toName
    ? mailboxField('To', { name: content.toName, address: to }, 'invalid_address')
    : `To: ${checkedAddress('To', to, 'invalid_address')}\r\n`
  if (content.replyTo) fields += mailboxField('Reply-To', content.replyTo)
  fields += textField('Subject', content.subject)
  // RFC 5322 3.3; toUTCString writes the same with the obsolete GMT.
  fields += `Date: ${date.toUTCString().slice(0, -3)}+0000\r\n`
  fields += `Message-ID: ${checkedMessageId(content.messageId)}\r\n`
  for (const name in content.headers) fields += furtherField(name, content.headers[name] ?? '')
  return `${fields}MIME-Version: 1.0\r\n`
}

function checkedMessageId(id: string): string {
  checked('Message-ID', id)
  if (id.length <= 900 && /^<[!-;=?A-~]+@[!-;=?A-~]+>$/.test(id)) return id
  throw new Rejected('content', 'Message-ID is not of the form <left@right>.')
}

/** Ours to write, so a second one from outside would contradict it. */
const reserved =
  /^(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|mime-version|return-path|received|content-.*)$/i

/** Fields with a grammar of their own. Others are free text (RFC 5322 3.6.8). */
const structured =
  /^(?:list-.*|references|in-reply-to|precedence|auto-submitted|importance|(?:x-)?priority|feedback-id|dkim-signature|resent-.*|disposition-notification-to)$/i

function furtherField(name: string, value: string): string {
  if (name.length > 70 || !/^[!-9;-~]+$/.test(name)) {
    throw new Rejected('content', 'A header name holds what no header name may.')
  }
  if (reserved.test(name)) {
    throw new Rejected('content', `The header ${name} cannot be set; it is written for you.`)
  }
  return structured.test(name) ? structuredField(name, value) : textField(name, value)
}

/** mixed { alternative { text, related { html, inline images } }, files }, less what is absent. */
function addBody(draft: Draft, content: EmailContent) {
  const isInline = (file: Attachment) => content.html !== null && file.contentId !== undefined
  const files = content.attachments.filter((file) => !isInline(file))
  const inline = content.attachments.filter(isInline)
  if (files.length === 0) return addWords(draft, content, inline)
  const boundary = boundaryOf(content, 'm')
  draft.add(multipart('mixed', boundary) + opening(boundary))
  addWords(draft, content, inline)
  for (const file of files) addFile(draft, file, boundary, 'attachment')
  draft.add(closing(boundary))
}

function addWords(draft: Draft, content: EmailContent, inline: readonly Attachment[]) {
  if (content.html === null) return addText(draft, 'plain', content.text)
  if (content.text === '') return addHtml(draft, content, content.html, inline)
  const boundary = boundaryOf(content, 'a')
  draft.add(multipart('alternative', boundary) + opening(boundary))
  addText(draft, 'plain', content.text)
  draft.add(opening(boundary))
  addHtml(draft, content, content.html, inline)
  draft.add(closing(boundary))
}

function addHtml(draft: Draft, content: EmailContent, html: string, inline: readonly Attachment[]) {
  if (inline.length === 0) return addText(draft, 'html', html)
  const boundary = boundaryOf(content, 'r')
  draft.add(multipart('related', boundary, ';\r\n type="text/html"') + opening(boundary))
  addText(draft, 'html', html)
  for (const file of inline) addFile(draft, file, boundary, 'inline')
  draft.add(closing(boundary))
}

function addText(draft: Draft, subtype: 'plain' | 'html', text: string) {
  // RFC 2045 6.8: line breaks of text are CRLF before encoding.
  const canonical = text.includes('\r')
    ? text.replace(/\r\n|\r|\n/g, '\r\n')
    : text.replaceAll('\n', '\r\n')
  const type = `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: `
  if (isSevenBit(canonical)) return draft.add(`${type}7bit\r\n\r\n${canonical}\r\n`)
  draft.add(`${type}base64\r\n\r\n`)
  draft.addBase64(canonical)
}

/**
 * Whether relays leave it alone (RFC 2045 2.7, RFC 5322 2.1.1): ASCII without NUL in lines that
 * are not too long, none of which a mailbox file would quote or a reader take for a boundary of ours.
 */
function isSevenBit(text: string): boolean {
  if (Buffer.byteLength(text) !== text.length || text.includes('\0')) return false
  let start = 0
  while (true) {
    if (text.startsWith('From ', start) || text.startsWith('--=_', start)) return false
    const end = text.indexOf('\n', start)
    if ((end === -1 ? text.length : end) - start > LONGEST_LINE) return false
    if (end === -1) return true
    start = end + 1
  }
}

function addFile(draft: Draft, file: Attachment, boundary: string, as: 'inline' | 'attachment') {
  const filename = checked('Attachment filename', file.filename)
  draft.add(
    `${opening(boundary)}Content-Type: ${mediaType(file.contentType)}\r\n` +
      'Content-Transfer-Encoding: base64\r\n' +
      (file.contentId === undefined ? '' : `Content-ID: ${contentId(file.contentId)}\r\n`) +
      `Content-Disposition: ${as}${filename ? parameter('filename', filename) : ''}\r\n\r\n`,
  )
  draft.addBase64(file.content)
}

const token = "[\\w!#$&'*+.^`|~-]+"
const mediaTypeSyntax = new RegExp(
  `^${token}/${token}(?: *; *${token}=(?:${token}|"[ !#-\\[\\]-~]*"))*$`,
)

function mediaType(type: string): string {
  checked('Attachment contentType', type)
  if (type.length > 500 || !mediaTypeSyntax.test(type)) {
    throw new Rejected('content', 'Attachment contentType is not a media type.')
  }
  // RFC 2046 5.1 and 5.2.1: these may not be base64, so they travel as plain files.
  return /^(?:message|multipart)\//i.test(type) ? 'application/octet-stream' : type
}

function contentId(id: string): string {
  const bare = checked('Attachment contentId', id).replace(/^<(.*)>$/, '$1')
  if (bare.length <= 500 && /^[!-;=?-~]+$/.test(bare)) return `<${bare}>`
  throw new Rejected('content', 'Attachment contentId holds what no Content-ID may.')
}

/** From the Message-ID, so repeatable; `=_` occurs in no base64, and text with `--=_` in front of a line becomes base64. */
function boundaryOf({ messageId }: EmailContent, level: 'm' | 'a' | 'r'): string {
  return `=_${level}_${messageId.replace(/[^\w.-]/g, '').slice(0, 50)}`
}

function multipart(subtype: string, boundary: string, parameters = ''): string {
  return `Content-Type: multipart/${subtype}${parameters};\r\n boundary="${boundary}"\r\n\r\n`
}

// The CRLF before a delimiter belongs to it (RFC 2046 5.1.1); bodies end with one of their own.
function opening(boundary: string): string {
  return `--${boundary}\r\n`
}

function closing(boundary: string): string {
  return `--${boundary}--\r\n`
}
