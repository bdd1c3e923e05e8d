/** What a message is, what a request for one holds, and how it is shown. Pure. */
import { z } from 'zod'
import { topicKey } from '../consent/schema.ts'
import { locale } from '../contacts/schema.ts'
import { Channel, channelIds } from '../lib/channelIds.ts'
import { Instant } from '../lib/instant.ts'
import { SendWindow } from '../lib/window.ts'

export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

export const statuses = [
  'scheduled',
  'queued',
  'held',
  'sending',
  'sent',
  'delivered',
  'bounced',
  'failed',
  'skipped',
  'cancelled',
  'expired',
  'unknown',
] as const
export type Status = (typeof statuses)[number]

/** What keeps a message from going by its next channel too. */
const unless = ['delivered', 'seen'] as const
export type Unless = (typeof unless)[number]
const MAX_FALLBACK_SECONDS = 7 * 86_400

export const MAX_BATCH = 1_000 // messages in one request
const MAX_TEXT = 1_000_000 // characters of one content field
const MAX_SUBJECT = 998 // characters; RFC 5322 §2.1.1 has no longer line
const MAX_ATTACHMENTS = 20

const Text = z.string().max(MAX_TEXT)
/** What becomes a header field of a mail: a line break there would begin another field. */
const oneLine = /^[^\r\n]*$/
const ONE_LINE = 'one line only: take out the line breaks'
const Name = z.string().min(1).max(255)

const Attachment = z.strictObject({
  filename: z.string().min(1).max(255).regex(oneLine, ONE_LINE),
  content_type: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+$/, 'not a media type, such as application/pdf')
    .default('application/octet-stream'),
  content: z.base64('not base64').meta({ description: 'The file, base64.' }),
  content_id: z
    .string()
    .regex(/^[\w.@+-]{1,200}$/, 'letters, digits and . @ + - only')
    .optional()
    .meta({ description: 'Makes it an inline image: cid:….' }),
})

const To = z.union([
  z.string().min(1).max(320),
  z.strictObject({
    email: z.string().max(320).optional(),
    phone: z.string().max(64).optional(),
    push_token: z.string().max(4096).optional(),
    name: z.string().max(200).regex(oneLine, ONE_LINE).optional().meta({
      description: 'Stands in the To of a mail; a contact that is made gets it.',
    }),
  }),
])

const Routing = z.strictObject({
  method: z
    .enum(['single', 'all'])
    .default('single')
    .meta({ description: 'single: the first channel that works; all: each of them.' }),
  channels: z.array(Channel).min(1).max(channelIds.length),
})

export const NewMessage = z
  .strictObject({
    recipient_id: Name.optional().meta({
      description: 'Your id of the contact; created on first use.',
    }),
    to: To.optional().meta({
      description: 'An address for this message; it is added to the contact.',
    }),
    channel: Channel.optional(),
    subject: z.string().max(MAX_SUBJECT).regex(oneLine, ONE_LINE).optional(),
    message: Text.optional().meta({ description: 'Plain text.' }),
    html: Text.optional().meta({ description: 'Email only.' }),
    template_id: Name.optional().meta({ description: 'Id or name of a template.' }),
    template_variables: z.record(z.string(), z.unknown()).optional(),
    locale: locale.optional(),
    priority: z.enum(priorities).default('normal'),
    category: topicKey
      .optional()
      .meta({ description: 'A topic. Unknown ones become transactional topics.' }),
    scheduled_at: Instant.optional().meta({ description: 'At most five years ahead.' }),
    expires_at: Instant.optional(),
    send_window: SendWindow.optional().meta({
      description:
        'Outside of it the message is held, also when it is tried again. Its zone is the contact’s by default, else the workspace’s. Urgent ones do not wait.',
    }),
    routing: Routing.optional(),
    fallback_channels: z.array(Channel).max(channelIds.length).optional(),
    fallback_after: z.int().min(1).max(MAX_FALLBACK_SECONDS).optional().meta({
      description:
        'Seconds after it was sent. The next channel is tried then too, unless this one was heard of.',
    }),
    fallback_unless: z.enum(unless).optional().meta({
      description:
        'delivered (default): its delivery was reported. seen: a person opened, read, clicked or answered it, which counts as delivered too.',
    }),
    sender_id: z
      .uuid()
      .optional()
      .meta({ description: 'Use this sender instead of the first that is active.' }),
    attachments: z
      .array(Attachment)
      .max(MAX_ATTACHMENTS)
      .optional()
      .meta({ description: 'Email only.' }),
    metadata: z.record(z.string(), z.unknown()).optional(),
    tracking: z
      .union([
        z.boolean(),
        z.strictObject({ opens: z.boolean().default(true), clicks: z.boolean().default(true) }),
      ])
      .optional(),
  })
  .meta({ id: 'NewMessage' })
export type NewMessage = z.infer<typeof NewMessage>

export const AcceptBody = z.union([
  NewMessage,
  z.array(NewMessage).min(1).max(MAX_BATCH, `at most ${MAX_BATCH} messages in one request`),
])

export const Accepted = z.object({
  id: z.uuid(),
  status: z.enum(statuses),
  warnings: z
    .array(z.string())
    .optional()
    .meta({ description: 'What was done and may not be meant, such as a topic that was made.' }),
})
export type Accepted = z.infer<typeof Accepted>

const Counted = z.object({
  opens: z.number().int(),
  human_opens: z.number().int(),
  clicks: z.number().int(),
  human_clicks: z.number().int(),
  first_open_at: z.iso.datetime().nullable(),
  first_human_open_at: z.iso.datetime().nullable(),
  first_click_at: z.iso.datetime().nullable(),
  first_human_click_at: z.iso.datetime().nullable(),
  replied_at: z.iso.datetime().nullable(),
  complained_at: z.iso.datetime().nullable(),
  unsubscribed_at: z.iso.datetime().nullable(),
})

export const TimelineEntry = z.object({
  at: z.iso.datetime(),
  event: z.string(),
  detail: z.string(),
  properties: z.record(z.string(), z.unknown()),
})

export const MessageSummary = z.object({
  id: z.uuid(),
  status: z.enum(statuses),
  channel: z.enum(channelIds),
  recipient_id: z.string().nullable(),
  contact_id: z.uuid().nullable(),
  to: z.string().nullable(),
  priority: z.enum(priorities),
  category: z.string().nullable(),
  kind: z.enum(['system', 'transactional', 'marketing']),
  template_id: z.uuid().nullable(),
  template_version: z.number().int().nullable(),
  sender_id: z.uuid(),
  attempts: z.number().int(),
  skip_reason: z.string().nullable(),
  error: z.string().nullable(),
  detail: z.string().nullable(),
  held_until: z.iso.datetime().nullable(),
  scheduled_at: z.iso.datetime().nullable(),
  expires_at: z.iso.datetime(),
  provider_message_id: z.string().nullable(),
  resend_of: z.uuid().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  created_at: z.iso.datetime(),
  sent_at: z.iso.datetime().nullable(),
})

export const ListedMessage = MessageSummary.extend({
  about: z.string().nullable().meta({
    description:
      'Its subject or first words; of a template, its subject with the values of the message, or its name. null: what it said is no longer kept.',
  }),
})

export const MessageView = MessageSummary.extend({
  template_name: z.string().nullable(),
  sender_name: z.string().nullable().meta({ description: 'null: the sender was removed.' }),
  provider: z.string().nullable().meta({
    description:
      "The sender's; sandbox: it does not leave the server. null: the sender was removed.",
  }),
  engagement: Counted,
  timeline: z.array(TimelineEntry),
})

export const ListQuery = z.strictObject({
  status: z.enum(statuses).optional(),
  channel: Channel.optional(),
  recipient_id: Name.optional().meta({ description: 'Any id of a contact: yours or ours.' }),
  sender_id: z.uuid('not an id of a sender').optional(),
  provider: z.string().max(100).optional().meta({
    description: 'Of its sender; sandbox: what has not left the server.',
  }),
  category: z.string().max(100).optional(),
  priority: z.enum(priorities).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  q: z.string().max(200).optional().meta({
    description:
      'Part of a name, an address or a recipient id; or the whole id of a message. Goes by the names, addresses and ids that people have now; where nobody has it, by what messages went to.',
  }),
  subject: z.string().max(200).optional().meta({
    description:
      'Words or parts of them, in any order and case. Of a template, its subject as it is written there, in whichever language.',
  }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
})

export const StatusChange = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('cancelled'), reason: z.string().max(500).optional() }),
  z.strictObject({ status: z.literal('scheduled'), scheduled_at: Instant }),
  z.strictObject({
    status: z.literal('held'),
    held_until: Instant.optional(),
    reason: z.string().max(500).optional(),
  }),
  z.strictObject({ status: z.literal('queued') }),
  z.strictObject({ status: z.literal('sent') }),
  z.strictObject({ status: z.literal('delivered') }),
  z.strictObject({ status: z.literal('failed'), reason: z.string().max(500).optional() }),
])
export type StatusChange = z.infer<typeof StatusChange>

/** A channel that is next, with the address that was given for it with the message. */
export interface Onward {
  readonly channel: string
  readonly address?: string
}
