/** What a contact is, and what requests about contacts hold. */
import { z } from 'zod'
import { emailSyntax, normaliseEmail } from '../lib/email.ts'
import { isTimeZone } from '../lib/zone.ts'
import { canonicalLocale } from './locale.ts'

export const addressKinds = ['email', 'phone', 'push'] as const
export type AddressKind = (typeof addressKinds)[number]

export const MAX_EXTERNAL_ID = 255 // characters
const MAX_TRAITS = 32 * 1024 // characters of their JSON
const MAX_TAGS = 100
const MAX_ADDRESSES = 50 // per request
const MAX_PUSH_TOKEN = 4_096 // characters; web push subscriptions are the longest

export const externalId = z.string().trim().min(1).max(MAX_EXTERNAL_ID)
const email = z
  .string()
  .transform(normaliseEmail)
  .refine(emailSyntax, 'This is not an email address.')
const timeZone = z
  .string()
  .refine(isTimeZone, 'Name a time zone of the IANA list, such as Europe/Paris.')
export const locale = z
  .string()
  .max(100)
  .refine((tag) => canonicalLocale(tag) !== null, 'Give a language tag, such as en or he-IL.')
  .transform((tag) => canonicalLocale(tag) ?? tag)
export const country = z
  .string()
  .regex(/^[A-Za-z]{2}$/, 'Give two letters, such as IL.')
  .transform((code) => code.toUpperCase())
export const tag = z.string().trim().min(1).max(100)
const traits = z
  .record(z.string().min(1).max(100), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= MAX_TRAITS,
    `Traits hold at most ${MAX_TRAITS} characters.`,
  )

export const addressInput = z.strictObject({
  kind: z.enum(addressKinds),
  address: z.string().trim().min(1).max(MAX_PUSH_TOKEN),
  primary: z.boolean().optional(),
  verified: z.boolean().optional().meta({ description: 'Proven to be theirs.' }),
})

const identityInput = z.strictObject({
  source: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, 'Use small letters, digits, dots, dashes.'),
  external_id: externalId,
})

const details = {
  name: z.string().trim().max(500).nullish(),
  locale: locale.nullish(),
  time_zone: timeZone.nullish(),
  traits: traits.optional().meta({ description: 'Merged into what is there; null removes one.' }),
  tags: z.array(tag).max(MAX_TAGS).optional().meta({ description: 'Replaces all tags.' }),
  email: email.optional().meta({ description: 'Becomes the primary email.' }),
  phone: z.string().max(64).optional().meta({ description: 'Becomes the primary phone.' }),
  push_token: z.string().trim().min(1).max(MAX_PUSH_TOKEN).optional(),
  addresses: z.array(addressInput).max(MAX_ADDRESSES).optional(),
  default_country: country
    .optional()
    .meta({ description: "Of phone numbers without a country code. Absent: the workspace's." }),
}

export const contactPatch = z.strictObject(details)
export type ContactPatch = z.infer<typeof contactPatch>

export const contactInput = z.strictObject({
  external_id: externalId.optional().meta({ description: 'Your id of this person.' }),
  identities: z.array(identityInput).max(20).optional(),
  ...details,
})
export type ContactInput = z.infer<typeof contactInput>

/** A contact as it goes out. */
export const contact = z.object({
  id: z.uuid(),
  external_id: z.string().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  locale: z.string().nullable(),
  time_zone: z.string().nullable(),
  tags: z.array(z.string()),
  traits: z.record(z.string(), z.unknown()),
  identities: z.array(z.object({ source: z.string(), external_id: z.string() })),
  addresses: z.array(
    z.object({
      kind: z.enum(addressKinds),
      address: z.string(),
      primary: z.boolean(),
      verified_at: z.string().nullable(),
    }),
  ),
  created_at: z.string(),
  updated_at: z.string(),
})
export type ContactView = z.infer<typeof contact>

/** A contact as the store reads it. */
export interface Contact {
  readonly id: string
  readonly name: string | null
  readonly locale: string | null
  readonly timeZone: string | null
  readonly traits: Record<string, unknown>
  readonly tags: string[]
  readonly identities: { source: string; external_id: string }[]
  readonly addresses: {
    kind: AddressKind
    address: string
    primary: boolean
    verified_at: string | null
  }[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

export function contactView(contact: Contact): ContactView {
  const primary = (kind: AddressKind) =>
    contact.addresses.find((each) => each.kind === kind && each.primary)?.address ?? null
  return {
    id: contact.id,
    external_id: contact.identities.find((each) => each.source === 'api')?.external_id ?? null,
    name: contact.name,
    email: primary('email'),
    phone: primary('phone'),
    locale: contact.locale,
    time_zone: contact.timeZone,
    tags: contact.tags,
    traits: contact.traits,
    identities: contact.identities,
    addresses: contact.addresses.map((each) => ({
      ...each,
      verified_at: each.verified_at && new Date(each.verified_at).toISOString(),
    })),
    created_at: contact.createdAt.toISOString(),
    updated_at: contact.updatedAt.toISOString(),
  }
}

/** How a path names a contact. */
export const contactParams = z.object({
  id: z.string().min(1).max(MAX_EXTERNAL_ID).meta({ description: 'Our id, or your external_id.' }),
})
