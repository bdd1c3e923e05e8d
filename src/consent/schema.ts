/** What suppressions, consents, topics and preferences are, and what requests about them hold. */
import { z } from 'zod'
import { type AddressKind, addressKinds, country, externalId } from '../contacts/schema.ts'
import { Channel, ChannelName, channelIds } from '../lib/channelIds.ts'
import { Instant } from '../lib/instant.ts'

export const suppressionReasons = ['bounce', 'complaint', 'manual', 'erased'] as const
export type SuppressionReason = (typeof suppressionReasons)[number]
const topicKinds = ['system', 'transactional', 'marketing'] as const

/** Free text, as messages give it in `category`; what begins with `*` would be taken for all topics. */
export const topicKey = z
  .string()
  .regex(
    /^[^\p{C}\p{Z}*<>][^\p{Cc}\p{Zl}\p{Zp}<>]{0,99}$/u,
    'Give one line of 1 to 100 characters without < and >, not beginning with * or a space.',
  )
const everything = z.literal('*')

export interface Suppression {
  readonly kind: AddressKind
  readonly addressHash: string
  readonly address: string | null
  readonly reason: SuppressionReason
  readonly source: string
  readonly detail: string | null
  readonly expiresAt: Date | null
  readonly createdAt: Date
}

export const suppressionInput = z.strictObject({
  kind: z.enum(addressKinds),
  address: z.string().trim().min(1).max(4_096),
  reason: z.enum(['bounce', 'complaint', 'manual']).default('manual'),
  detail: z.string().max(1_000).optional(),
  expires_at: Instant.optional(),
  default_country: country.optional(),
})

export const suppression = z.object({
  kind: z.enum(addressKinds),
  address: z.string().nullable().meta({ description: 'Null once erased.' }),
  address_hash: z.string(),
  reason: z.enum(suppressionReasons),
  source: z.string(),
  detail: z.string().nullable(),
  expires_at: z.string().nullable(),
  created_at: z.string(),
})

export function suppressionView(row: Suppression): z.infer<typeof suppression> {
  return {
    kind: row.kind,
    address: row.address,
    address_hash: row.addressHash,
    reason: row.reason,
    source: row.source,
    detail: row.detail,
    expires_at: row.expiresAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  }
}

export interface ConsentState {
  readonly topic: string
  readonly channel: string
  readonly granted: boolean
  readonly at: Date
}

export const consentInput = z.strictObject({
  contact_id: z.uuid().optional(),
  external_id: externalId.optional().meta({ description: 'Instead of contact_id.' }),
  topic: z.union([topicKey, everything]).default('*'),
  channel: z.enum([...channelIds, '*']).default('*'),
  granted: z.boolean(),
  source: z.string().trim().min(1).max(100).default('api'),
  proof: z.record(z.string(), z.json()).default({}),
  at: Instant.optional(),
})

export const consent = z.object({
  id: z.uuid(),
  contact_id: z.uuid(),
  topic: z.string(),
  channel: z.string(),
  granted: z.boolean(),
  source: z.string(),
  proof: z.record(z.string(), z.unknown()),
  at: z.string(),
})

export interface Topic {
  readonly key: string
  readonly name: string
  readonly kind: (typeof topicKinds)[number]
  readonly onUnknown: 'hold' | 'resend' | null
  readonly createdAt: Date
}

export const topicInput = z.strictObject({
  key: topicKey,
  name: z.string().trim().min(1).max(200).optional(),
  kind: z.enum(topicKinds).default('marketing'),
  on_unknown: z.enum(['hold', 'resend']).nullish(),
})
export type TopicInput = z.infer<typeof topicInput>

export const topic = z.object({
  key: z.string(),
  name: z.string(),
  kind: z.enum(topicKinds),
  on_unknown: z.enum(['hold', 'resend']).nullable(),
  created_at: z.string(),
})

export function topicView(row: Topic): z.infer<typeof topic> {
  return {
    key: row.key,
    name: row.name,
    kind: row.kind,
    on_unknown: row.onUnknown,
    created_at: row.createdAt.toISOString(),
  }
}

const switches = z.record(ChannelName, z.boolean())
const preferenceFields = {
  marketing: z.boolean().optional().meta({ description: 'False: no marketing at all.' }),
  channels: switches.optional(),
  categories: z.record(topicKey, z.boolean()).optional(),
  topics: z
    .record(topicKey, z.union([z.boolean(), switches]))
    .optional()
    .meta({ description: 'Like categories, also per channel.' }),
}
export const preferencesWrite = z.strictObject(preferenceFields)
export type PreferencesWrite = z.infer<typeof preferencesWrite>
export const preferencesCreate = z.strictObject({ user_id: externalId, ...preferenceFields })

export const unsubscribeInput = z.strictObject({
  channel: Channel.optional(),
  category: topicKey.optional(),
})
export type UnsubscribeInput = z.infer<typeof unsubscribeInput>

export const preferences = z.object({
  user_id: z.string(),
  contact_id: z.uuid(),
  marketing: z.boolean(),
  channels: z.record(z.string(), z.boolean()),
  categories: z.record(z.string(), z.boolean()),
  topics: z.record(z.string(), z.record(z.string(), z.boolean())),
  updated_at: z.string().nullable(),
})
export type PreferencesView = z.infer<typeof preferences>
