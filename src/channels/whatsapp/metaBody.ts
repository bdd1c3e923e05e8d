/** A message as Meta takes it: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages */
import { Rejected } from '../../errors.ts'
import { truncate } from '../../lib/reply.ts'
import type { WhatsAppContent } from '../channel.ts'
import { type Media, WhatsAppExtras } from './extras.ts'

const MAX_TEXT = 4_096 // characters
const MAX_CAPTION = 1_024
const MAX_INTERACTIVE = 1_024
const MAX_HEADER = 60
const DEFAULT_LANGUAGE = 'en_US'

/** Of a business-scoped user: country, a dot, letters and digits. They may have no phone number for us. */
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/

export type MetaBody = Readonly<Record<string, unknown>>

/** Throws Rejected where `data.whatsapp` is not what it should be. */
export function extrasOf({ data }: WhatsAppContent): WhatsAppExtras {
  const given = data['whatsapp']
  if (given === undefined || given === null) return {}
  const read = WhatsAppExtras.safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Rejected('content', `whatsapp.${issue?.path.join('.')}: ${issue?.message}`)
}

/** What may be sent to whoever has written lately. */
export function freeBody(content: WhatsAppContent, extras: WhatsAppExtras): MetaBody {
  const text = textOf(content)
  const { media, buttons } = extras
  if (buttons) return { type: 'interactive', interactive: interactive(content, extras) }
  if (media) return mediaBody(media, text)
  if (text === '') throw new Rejected('content', 'The message has no text.')
  return { type: 'text', text: { preview_url: /https?:\/\//.test(text), body: cut(text) } }
}

/** What may be sent at any time. Undefined when no template is named. */
export function templateBody(extras: WhatsAppExtras): MetaBody | undefined {
  const name = extras.template?.trim()
  if (!name) return undefined
  const { header, parameters = [], button_payloads: payloads = [] } = extras
  const components = [
    ...(header ? [{ type: 'header', parameters: [fileOf(header)] }] : []),
    ...(parameters.length > 0 ? [{ type: 'body', parameters: parameters.map(parameter) }] : []),
    ...payloads.map((payload, index) => ({
      ...{ type: 'button', sub_type: 'quick_reply', index: String(index) },
      parameters: [{ type: 'payload', payload }],
    })),
  ]
  const language = { policy: 'deterministic', code: extras.language || DEFAULT_LANGUAGE }
  const filled = components.length > 0 ? { components } : {}
  return { type: 'template', template: { name, language, ...filled } }
}

/** `to` is E.164, or the id of a user whose number Meta does not tell. */
export function addressed(to: string, id: string, body: MetaBody): MetaBody {
  const whom = USER_ID.test(to) ? { recipient: to } : { to: to.replace(/^\+/, '') }
  return {
    ...{ messaging_product: 'whatsapp', recipient_type: 'individual', ...whom, ...body },
    biz_opaque_callback_data: id,
  }
}

function textOf({ title, text }: WhatsAppContent): string {
  return title ? `*${title.replaceAll('*', '')}*\n${text}` : text
}

function cut(text: string): string {
  return truncate(text, MAX_TEXT)
}

/** Meta refuses line breaks, tabs and long runs of spaces in parameters (132018). */
const parameter = (text: string) => ({ type: 'text', text: text.replace(/\s+/g, ' ').trim() })

function fileOf({ type, link, id, filename }: Media) {
  const source = link === undefined ? { id } : { link }
  const named = type === 'document' && filename ? { filename } : {}
  return { type, [type]: { ...source, ...named } }
}

function mediaBody(media: Media, text: string): MetaBody {
  const body = fileOf(media)
  if (text === '' || media.type === 'audio' || media.type === 'sticker') return body
  const file = body[media.type]
  return { ...body, [media.type]: { ...(file as object), caption: truncate(text, MAX_CAPTION) } } // made above
}

function interactive({ title, text }: WhatsAppContent, { media, buttons = [] }: WhatsAppExtras) {
  if (text.trim() === '') throw new Rejected('content', 'Buttons need a text above them.')
  const header = media
    ? fileOf(media)
    : title && { type: 'text', text: truncate(title, MAX_HEADER) }
  return {
    type: 'button',
    ...(header ? { header } : {}),
    body: { text: truncate(text, MAX_INTERACTIVE) },
    action: { buttons: buttons.map((reply) => ({ type: 'reply', reply })) },
  }
}
