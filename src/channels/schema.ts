/** Senders in requests and answers. Document 003 calls them providers. Pure. */
import { z } from 'zod'
import { channelIds } from './channel.ts'

export const senderStatuses = ['active', 'paused', 'disabled'] as const

const Name = z.string().trim().min(1).max(200)
const Settings = z.record(z.string(), z.unknown()).meta({
  description: 'As GET /providers/catalog describes them for this provider.',
})
const Position = z
  .int()
  .min(0)
  .max(1_000_000)
  .meta({ description: 'Order of use and failover within the channel, lowest first.' })
const PerSecond = z
  .number()
  .positive()
  .max(100_000)
  .meta({ description: 'Messages per second, over all processes.' })
const OnUnknown = z
  .enum(['hold', 'resend'])
  .meta({ description: 'What to do when the answer to a message is lost.' })

const Cost = z.strictObject({
  amount: z.number().min(0).max(1_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three capital letters (ISO 4217), such as EUR'),
})

export const NewSender = z.strictObject({
  channel: z.enum(channelIds),
  provider: z.string().min(1).max(100),
  name: Name.optional(),
  settings: Settings.default({}),
  position: Position.optional(),
  per_second: PerSecond.nullish(),
  on_unknown: OnUnknown.default('hold'),
})
export type NewSender = z.infer<typeof NewSender>

/** What is left out stays. */
export const SenderChange = z.strictObject({
  name: Name.optional(),
  settings: Settings.optional().meta({
    description:
      'Only what changes. null removes a setting; a masked secret, sent back as it was shown, stays.',
  }),
  position: Position.optional(),
  per_second: PerSecond.nullish().meta({ description: 'null: the provider’s own limit.' }),
  on_unknown: OnUnknown.optional(),
  cost: Cost.nullish().meta({ description: 'Of one message; null: not known.' }),
})
export type SenderChange = z.infer<typeof SenderChange>

export const SenderStatusChange = z.strictObject({
  status: z.enum(senderStatuses),
  reason: z.string().trim().min(1).max(500).optional(),
})
export type SenderStatusChange = z.infer<typeof SenderStatusChange>

export const SenderOrder = z.strictObject({
  channel: z.enum(channelIds),
  ids: z
    .array(z.uuid('not an id of a sender'))
    .min(1)
    .max(1_000)
    .meta({ description: 'All of the channel but its sandbox, the first to be used first.' }),
})
export type SenderOrder = z.infer<typeof SenderOrder>

export const SenderView = z.object({
  id: z.uuid(),
  channel: z.enum(channelIds),
  provider: z.string(),
  name: z.string(),
  status: z.enum(senderStatuses),
  status_reason: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()).nullable().meta({
    description: 'Secrets are masked. null when they cannot be opened; see settings_fault.',
  }),
  settings_fault: z.string().nullable(),
  limits: z.object({
    per_second: z.number().nullable(),
    provider_per_second: z.number().nullable(),
    concurrency: z.int().nullable(),
  }),
  position: z.int(),
  origin: z.enum(['builtin', 'environment', 'member']),
  on_unknown: z.enum(['hold', 'resend']),
  cost: Cost.nullable().meta({ description: 'Of one message; null: not known.' }),
  circuit: z.object({ open_until: z.iso.datetime().nullable(), reason: z.string().nullable() }),
  callback_url: z
    .string()
    .nullable()
    .meta({ description: 'For the provider’s callbacks; null when it makes none.' }),
  domain: z
    .string()
    .nullable()
    .meta({ description: 'That it sends from, whose DNS records matter; null: it has none.' }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type SenderView = z.infer<typeof SenderView>

export const CatalogEntry = z.object({
  channel: z.enum(channelIds),
  id: z.string(),
  name: z.string(),
  settings: z
    .record(z.string(), z.unknown())
    .meta({ description: 'JSON Schema; secrets have `secret` and `writeOnly`.' }),
  limits: z.object({ per_second: z.number().nullable(), concurrency: z.int() }),
  callbacks: z.boolean(),
})
export type CatalogEntry = z.infer<typeof CatalogEntry>

export const CheckResult = z.object({ ok: z.boolean(), detail: z.string() })
export type CheckResult = z.infer<typeof CheckResult>

export const SenderRecords = z.object({
  domain: z.string().nullable(),
  checked_at: z.iso.datetime(),
  records: z.array(
    z.object({
      id: z.enum(['spf', 'dkim', 'dmarc', 'links']),
      state: z.enum(['found', 'missing', 'wrong', 'unknown']),
      detail: z.string(),
      wanted: z
        .object({
          type: z.enum(['TXT', 'CNAME', 'A']),
          name: z.string(),
          value: z.string().nullable().meta({ description: 'null: only the vendor knows it.' }),
        })
        .nullable()
        .meta({ description: 'What to write into the zone of the domain; null: nothing.' }),
      present: z.array(z.string()).meta({ description: 'What stands there now.' }),
    }),
  ),
})
export type SenderRecords = z.infer<typeof SenderRecords>

export const SenderParams = z.object({ id: z.uuid('not an id of a sender') })
