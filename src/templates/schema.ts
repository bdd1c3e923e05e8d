/** What a template is, what requests about one hold, and how it is shown. Pure. */
import { z } from 'zod'
import { channelIds } from '../channels/channel.ts'

const MAX_TEXT = 512 * 1024 // characters; a longer source would not compile
const Text = z.string().max(MAX_TEXT)
const Locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'not a language tag, such as en or es-AR')
  .max(35)
const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and _ only')
  .max(100)

export const Variable = z.strictObject({
  name: VariableName,
  required: z.boolean().default(true),
  default: z.unknown().optional(),
})

const Variables = z.array(z.union([VariableName, Variable])).max(200)

/** What to say in one language. `mjml` instead of `html` for email. */
export const Content = z.strictObject({
  subject: Text.optional(),
  html: Text.optional(),
  mjml: Text.optional(),
  text: Text.optional(),
})
export type Content = z.infer<typeof Content>

export const NewTemplate = z.strictObject({
  name: z.string().min(1).max(200),
  channel: z.enum(channelIds),
  locale: Locale.optional().meta({
    description:
      'Language of the content given here, and the one fallen back to. Default: the workspace’s.',
  }),
  subject: Text.optional(),
  html: Text.optional(),
  mjml: Text.optional(),
  text: Text.optional(),
  locales: z.record(Locale, Content).optional().meta({ description: 'Further languages.' }),
  variables: Variables.optional(),
  note: z.string().max(500).optional(),
})
export type NewTemplate = z.infer<typeof NewTemplate>

/** A new version: what is left out stays as it is; a locale given as null is removed. */
export const TemplateChange = NewTemplate.partial()
  .omit({ channel: true, locales: true })
  .extend({
    locales: z.record(Locale, Content.nullable()).optional(),
  })
export type TemplateChange = z.infer<typeof TemplateChange>

export const Rollback = z.strictObject({
  version: z.int().min(1),
  note: z.string().max(500).optional(),
})

export const TemplateView = z.object({
  id: z.uuid(),
  name: z.string(),
  channel: z.enum(channelIds),
  version: z.int(),
  locale: z.string(),
  subject: z.string().nullable(),
  html: z.string().nullable(),
  mjml: z.string().nullable(),
  text: z.string().nullable(),
  locales: z.record(z.string(), Content),
  variables: z.array(Variable),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})

export const VersionView = z.object({
  version: z.int(),
  locale: z.string(),
  locales: z.record(z.string(), Content),
  variables: z.array(Variable),
  note: z.string().nullable(),
  created_by: z.string().nullable(),
  created_at: z.iso.datetime(),
})

export const TestRequest = z.strictObject({
  template_variables: z.record(z.string(), z.unknown()).default({}),
  locale: Locale.optional(),
  to: z
    .string()
    .max(320)
    .optional()
    .meta({ description: 'Send it there as well; counted nowhere.' }),
})

export const Rendered = z.object({
  subject: z.string().nullable(),
  html: z.string().nullable(),
  text: z.string(),
  links: z.array(z.string()),
  sent: z.object({ status: z.string(), detail: z.string() }).nullable(),
})

export const TemplateQuery = z.strictObject({
  channel: z.enum(channelIds).optional(),
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
})
