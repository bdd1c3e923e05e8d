/** Workspaces in requests and answers. */
import { z } from 'zod'
import { isTimeZone } from '../lib/zone.ts'

const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'not an IANA time zone, such as Europe/Berlin')
const Locale = z
  .string()
  .max(35)
  .refine(isLocale, 'not a language tag (BCP 47), such as en or he-IL')
const Country = z.string().regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1), such as IL')
const Name = z.string().trim().min(1).max(100)
const HoneypotLink = z.boolean().meta({
  description:
    'Email whose clicks are tracked has a hidden link, which only machines follow: it tells their clicks from people’s. Spam filters may think less of mail with hidden links.',
})

export const WorkspaceView = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    time_zone: z.string(),
    locale: z.string(),
    default_country: z
      .string()
      .nullable()
      .meta({ description: 'Of phone numbers written without one.' }),
    accept_per_second: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Messages that it may hand in per second; null: no limit.' }),
    honeypot_link: HoneypotLink,
    created_at: z.iso.datetime(),
  })
  .meta({ description: 'Owns everything; nothing crosses it.' })

export const NewWorkspaceBody = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and dashes, at most 63'),
  name: Name,
  time_zone: TimeZone.default('UTC'),
  locale: Locale.default('en'),
  default_country: Country.nullable().default(null),
})

export const NewWorkspaceView = WorkspaceView.extend({
  api_key: z.object({
    id: z.string(),
    key: z
      .string()
      .nullable()
      .meta({ description: 'Shown once: null when the answer is repeated.' }),
  }),
})

export const WorkspaceChangeBody = z
  .strictObject({
    name: Name.optional(),
    time_zone: TimeZone.optional(),
    locale: Locale.optional(),
    default_country: Country.nullable().optional(),
    accept_per_second: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .optional()
      .meta({ description: 'Only with the key of the instance: OREE_API_KEY.' }),
    honeypot_link: HoneypotLink.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'give at least one field')

export const IdParams = z.strictObject({ id: z.uuid() })

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
