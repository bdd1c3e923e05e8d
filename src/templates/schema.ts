/** What a template is, what requests about one hold, and how it is shown. Pure. */
import { z } from 'zod'
import { channelIds } from '../channels/channel.ts'
import { MAX_EXTERNAL_ID } from '../contacts/schema.ts'

const MAX_TEXT = 512 * 1024 // characters; a longer source would not compile
const MAX_VERSION = 2 ** 31 - 1 // the column's
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const Text = z.string().max(MAX_TEXT)
const Note = z.string().max(500).meta({ description: 'Why, for the list of versions.' })
const Locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, 'not a language tag, such as en or es-AR')
  .max(35)
const Name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((name) => !UUID.test(name), 'A name may not look like an id.')
  .meta({ description: 'Unique. Messages may use it in place of the id.' })
export const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and _ only')
  .max(100)

export const Variable = z.strictObject({
  name: VariableName,
  required: z.boolean().default(true),
  default: z.unknown().optional(),
})

const Variables = z
  .array(z.union([VariableName, Variable]))
  .max(200)
  .meta({
    description:
      'Names the template may use; a plain name is required. Left out: taken from the content, ' +
      'required unless the content itself provides for its absence.',
  })

/** What to say in one language. `mjml` instead of `html` for email. */
export const Content = z.strictObject({
  subject: Text.optional(),
  html: Text.optional(),
  mjml: Text.optional(),
  text: Text.optional(),
})
export type Content = z.infer<typeof Content>

export const NewTemplate = z.strictObject({
  name: Name,
  channel: z.enum(channelIds),
  locale: Locale.optional().meta({
    description:
      'Language of the content given here, and the one fallen back to. Default: the workspace’s.',
  }),
  ...Content.shape,
  locales: z.record(Locale, Content).optional().meta({ description: 'Further languages.' }),
  variables: Variables.optional(),
  note: Note.optional(),
})
export type NewTemplate = z.infer<typeof NewTemplate>

const Removable = Text.nullish().meta({ description: 'null removes it.' })

export const ContentChange = z.strictObject({
  subject: Removable,
  html: Removable,
  mjml: Removable,
  text: Removable,
})
export type ContentChange = z.infer<typeof ContentChange>

/** A new version: what is left out stays as it is; a locale given as null is removed. */
export const TemplateChange = z.strictObject({
  name: Name.optional(),
  locale: Locale.optional().meta({ description: 'The language to fall back to from now on.' }),
  ...ContentChange.shape,
  locales: z.record(Locale, ContentChange.nullable()).optional(),
  variables: Variables.optional(),
  note: Note.optional(),
})
export type TemplateChange = z.infer<typeof TemplateChange>

export const Rollback = z.strictObject({
  version: z.int().min(1).max(MAX_VERSION),
  note: Note.optional(),
})
export type Rollback = z.infer<typeof Rollback>

/** What is written and not published; it need not be complete, nor compile. */
export const DraftChange = z.strictObject({
  based_on: z.int().min(1).max(MAX_VERSION).optional().meta({
    description: 'The version it is laid over. Default: as before, else the one in use.',
  }),
  locales: z.record(Locale, ContentChange.nullable()).meta({
    description: 'All that differs, by language: what is left out here is as in that version.',
  }),
})
export type DraftChange = z.infer<typeof DraftChange>

export const Publication = z.strictObject({
  note: Note.optional(),
})
export type Publication = z.infer<typeof Publication>

const DraftHead = z.object({
  revision: z.int().meta({ description: 'For If-Match: another with every save.' }),
  based_on: z.int().meta({ description: 'The version that it is laid over.' }),
  updated_at: z.iso.datetime(),
})

export const DraftView = DraftHead.extend({
  locales: z.record(z.string(), ContentChange.nullable()),
  saved_by: z.string().nullable(),
  saved_by_name: z.string().nullable(),
})
export type DraftView = z.infer<typeof DraftView>

const Head = {
  id: z.uuid(),
  name: z.string(),
  channel: z.enum(channelIds),
  version: z.int(),
  draft: DraftHead.nullable().meta({ description: 'What is written and not published yet.' }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
}

export const TemplateSummary = z.object(Head)
export type TemplateSummary = z.infer<typeof TemplateSummary>

export const TemplateView = z.object({
  ...Head,
  locale: z.string(),
  subject: z.string().nullable(),
  html: z.string().nullable(),
  mjml: z.string().nullable(),
  text: z.string().nullable(),
  locales: z.record(z.string(), Content),
  variables: z.array(Variable),
})
export type TemplateView = z.infer<typeof TemplateView>

export const SavedTemplate = TemplateView.extend({
  warnings: z
    .array(z.string())
    .meta({ description: 'What an author should know; nothing failed.' }),
})
export type SavedTemplate = z.infer<typeof SavedTemplate>

export const VersionSummary = z.object({
  version: z.int(),
  locale: z.string(),
  locales: z.array(z.string()),
  note: z.string().nullable(),
  created_by: z.string().nullable(),
  created_by_name: z.string().nullable(),
  created_at: z.iso.datetime(),
})
export type VersionSummary = z.infer<typeof VersionSummary>

export const VersionView = VersionSummary.extend({
  locales: z.record(z.string(), Content),
  variables: z.array(Variable),
})
export type VersionView = z.infer<typeof VersionView>

export const DiffQuery = z.strictObject({
  from: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .meta({ description: 'Default: `to` - 1.' }),
  to: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .meta({ description: 'Default: the version in use.' }),
})

export const DiffView = z.object({
  from: z.int(),
  to: z.int(),
  hunks: z.array(
    z.object({
      field: z.string().meta({ description: 'A JSON pointer, such as /locales/en/html.' }),
      old_start: z.int(),
      new_start: z.int(),
      lines: z.array(z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() })),
    }),
  ),
})
export type DiffView = z.infer<typeof DiffView>

/** As a change, but of what is shown only. */
export const Draft = TemplateChange.pick({
  ...{ locale: true, subject: true, html: true, mjml: true, text: true, locales: true },
})
export type Draft = z.infer<typeof Draft>

export const TestRequest = z.strictObject({
  template_variables: z.record(z.string(), z.unknown()).default({}),
  locale: Locale.optional(),
  version: z
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .meta({ description: 'Default: the version in use.' }),
  draft: z
    .union([Draft, z.literal(true)])
    .optional()
    .meta({
      description: 'Laid over the version, and not kept. true: the draft that is kept.',
    }),
  contact_id: z
    .string()
    .min(1)
    .max(MAX_EXTERNAL_ID)
    .optional()
    .meta({ description: 'Whom {{ contact }} means: our id, or your external_id.' }),
  placeholders: z
    .boolean()
    .default(false)
    .meta({ description: 'Shows [name] for a required variable that is missing.' }),
  to: z.string().max(4_096).optional().meta({
    description: 'Send it there as well; counted nowhere. Any text on channels without addresses.',
  }),
})
export type TestRequest = z.infer<typeof TestRequest>

export const SentTest = z.object({
  status: z.enum(['sent', 'failed']),
  detail: z.string(),
  to: z.string().meta({ description: 'As the sender had it; empty for its own destination.' }),
  subject: z.string().nullable().meta({ description: 'As it was sent, marked as a test.' }),
  sender_id: z.uuid(),
  sender_name: z.string(),
  provider: z.string().meta({ description: 'sandbox: it has not left the server.' }),
})

export const TestResult = z.object({
  subject: z.string().nullable(),
  html: z.string().nullable(),
  text: z.string(),
  links: z.array(z.string()).meta({ description: 'Where its links lead.' }),
  missing: z.array(z.string()).meta({ description: 'Variables that a placeholder stands for.' }),
  sent: SentTest.nullable().meta({ description: 'null without `to`.' }),
})
export type TestResult = z.infer<typeof TestResult>

/** How a path names a template. */
export const TemplateParams = z.object({
  id: z.string().min(1).max(200).meta({ description: 'The id of a template, or its name.' }),
})
