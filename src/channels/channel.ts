/**
 * The channels, and what a rendered message holds on each of them.
 *
 * Pure: the API, the templates and web/ read it. A provider receives one of
 * these contents ready to send and adds nothing to it.
 */
import type { ChannelId } from '../lib/channelIds.ts'

export { type ChannelId, channelIds } from '../lib/channelIds.ts'

/** Channels whose destination belongs to the sender, not to a contact. */
export const addresslessChannels: ReadonlySet<ChannelId> = new Set([
  'webhook',
  'slack',
  'teams',
  'discord',
])

/** A file that goes with a message. `contentId` makes it an inline image (`cid:`). */
export interface Attachment {
  readonly filename: string
  readonly contentType: string
  readonly content: Buffer
  readonly contentId?: string | undefined
}

export interface Mailbox {
  readonly name?: string | undefined
  readonly address: string
}

export interface EmailContent {
  readonly from: Mailbox
  readonly replyTo?: Mailbox | undefined
  /** Whom `to` belongs to, as people read it. */
  readonly toName?: string | null | undefined
  readonly subject: string
  readonly html: string | null
  readonly text: string
  /** RFC 5322 Message-ID with its angle brackets; fixed before the first attempt. */
  readonly messageId: string
  /** Further header fields, such as List-Unsubscribe. Values hold no CR or LF. */
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly Attachment[]
}

/** Text for people, with an optional title; what sms, whatsapp, voice and chats carry. */
export interface TextContent {
  readonly title: string | null
  readonly text: string
  /** The message's metadata: travels with push, in_app and webhook payloads. */
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * `data.whatsapp` holds what only WhatsApp has: an approved template, a file, reply buttons
 * (whatsapp/extras.ts).
 */
export interface WhatsAppContent extends TextContent {
  /** Whether the recipient has written to this sender within the hours in which anything may be answered. */
  readonly windowOpen?: boolean
}

export interface Contents {
  email: EmailContent
  sms: TextContent
  whatsapp: WhatsAppContent
  push: TextContent
  in_app: TextContent
  voice: TextContent
  webhook: TextContent
  slack: TextContent
  teams: TextContent
  discord: TextContent
}
