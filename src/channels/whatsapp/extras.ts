/**
 * What only WhatsApp messages have: an approved template with its parameters, a file, reply
 * buttons. The `whatsapp` field of a message; it travels in the message's metadata. Pure.
 */
import { z } from 'zod'

const MAX_PARAMETERS = 50
const MAX_PARAMETER = 1_024 // characters; Meta's limit for the whole body of a template

const Link = z.url({ protocol: /^https?$/ }).max(2_048)
const MediaId = z.string().min(1).max(100)

export const Media = z
  .strictObject({
    type: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
    link: Link.optional(),
    id: MediaId.optional().meta({ description: 'Of a file that was uploaded to Meta.' }),
    filename: z.string().max(240).optional().meta({ description: 'Of a document.' }),
  })
  .refine((media) => (media.link === undefined) !== (media.id === undefined), {
    error: 'Give a link, or the id of a file that was uploaded to Meta.',
  })
export type Media = z.infer<typeof Media>

export const Button = z.strictObject({
  id: z.string().trim().min(1).max(256).meta({ description: 'Comes back with the answer.' }),
  title: z.string().trim().min(1).max(20),
})

export const WhatsAppExtras = z
  .strictObject({
    template: z
      .string()
      .max(512)
      .optional()
      .meta({ description: 'An approved template: sent where free text may not be.' }),
    language: z.string().max(15).optional().meta({ description: 'Of the template, such as he.' }),
    parameters: z
      .array(z.string().max(MAX_PARAMETER))
      .max(MAX_PARAMETERS)
      .optional()
      .meta({ description: 'For {{1}}, {{2}} … of its body.' }),
    header: Media.optional().meta({ description: 'The file of its header.' }),
    button_payloads: z
      .array(z.string().max(128))
      .max(10)
      .optional()
      .meta({ description: 'What its quick replies answer.' }),
    media: Media.optional().meta({ description: 'A file; the message becomes its caption.' }),
    buttons: z
      .array(Button)
      .min(1)
      .max(3)
      .refine((all) => new Set(all.map(({ title }) => title)).size === all.length, {
        error: 'Two buttons have the same title.',
      })
      .optional()
      .meta({ description: 'Answers to choose from, below the message.' }),
  })
  .refine((given) => !(given.media && given.buttons && !headers.has(given.media.type)), {
    error: 'Buttons go with an image, a video or a document.',
    path: ['buttons'],
  })
export type WhatsAppExtras = z.infer<typeof WhatsAppExtras>

const headers: ReadonlySet<string> = new Set(['image', 'video', 'document'])
