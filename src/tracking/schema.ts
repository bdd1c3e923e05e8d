/** What requests about replies and reports hold, and how callbacks are shown. Pure. */
import { z } from 'zod'
import { Instant } from '../lib/instant.ts'

const MAX_TEXT = 100_000 // characters of a reply that are taken; a few thousand are kept
const MAX_IDS = 100

const RfcIds = z
  .union([z.string().max(16_384), z.array(z.string().max(1_000)).max(MAX_IDS)])
  .transform((ids) => (typeof ids === 'string' ? [ids] : ids))
const Name = z.string().min(1).max(255)

export const ReplyInput = z
  .strictObject({
    message_id: z
      .uuid()
      .optional()
      .meta({ description: 'Our id of the message that was answered.' }),
    in_reply_to: RfcIds.optional().meta({ description: 'The header of the reply, or its ids.' }),
    references: RfcIds.optional().meta({ description: 'The header of the reply, or its ids.' }),
    lead_id: Name.optional().meta({ description: 'Another name for recipient_id.' }),
    recipient_id: Name.optional().meta({
      description: 'Who answered, by your id; their newest message is meant.',
    }),
    email: z.string().min(3).max(320).optional().meta({ description: 'Who answered, by address.' }),
    from: z.string().max(1_000).optional().meta({ description: 'The From header of the reply.' }),
    subject: z.string().max(2_000).optional(),
    text: z
      .string()
      .max(MAX_TEXT)
      .optional()
      .meta({ description: 'The reply; quoted text is left out.' }),
    replied_at: Instant.optional(),
    reply_id: Name.optional().meta({
      description: 'Your id of this reply: the same again counts once.',
    }),
  })
  .refine((body) => namesMessage(body), {
    error:
      'Say which message was answered: message_id, in_reply_to, references, recipient_id, email or from.',
    path: ['message_id'],
  })
export type ReplyInput = z.infer<typeof ReplyInput>

function namesMessage(body: Record<string, unknown>): boolean {
  const names = [
    'message_id',
    'in_reply_to',
    'references',
    'lead_id',
    'recipient_id',
    'email',
    'from',
  ]
  return names.some((name) => body[name] !== undefined)
}

export const ReplyTaken = z.object({
  message_id: z.uuid(),
  kind: z.enum(['reply', 'auto_reply']),
  unsubscribed: z.boolean().meta({ description: 'The reply asks for no more messages.' }),
  until: z
    .string()
    .nullable()
    .meta({ description: 'When an absent person is back, if they say so.' }),
})
export type ReplyTaken = z.infer<typeof ReplyTaken>

export const MailTaken = z.object({
  kind: z.enum(['bounce', 'complaint', 'auto_reply', 'reply']),
  message_ids: z
    .array(z.uuid())
    .meta({ description: 'The messages that it is about; empty when none was found.' }),
})
export type MailTaken = z.infer<typeof MailTaken>

export const Callback = z.object({
  id: z.uuid(),
  provider: z.string(),
  sender_id: z.uuid().nullable(),
  connection_id: z
    .uuid()
    .nullable()
    .meta({ description: 'Of a connector, where it is no sender’s.' }),
  signed: z.boolean().meta({ description: 'false: taken as a hint only, for want of a key.' }),
  status: z.enum(['received', 'processed', 'failed']),
  attempts: z.number(),
  reason: z.string().nullable(),
  received_at: z.string(),
  processed_at: z.string().nullable(),
})
export type CallbackView = z.infer<typeof Callback>
