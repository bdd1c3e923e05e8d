/** Events as they go in and out by API. */
import { z } from 'zod'
import { externalId } from '../contacts/schema.ts'
import { Instant } from '../lib/instant.ts'
import type { Event } from './store.ts'

const MAX_PROPERTIES = 32 * 1024 // characters of their JSON
export const MAX_EVENTS = 1_000 // per request

const ours = /^(message|consent)\./ // told by us alone

export const eventInput = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w-]*([.: ][\w-]+)*$/, 'Name it like order.completed.')
    .max(100)
    .refine((name) => !ours.test(name), 'Names that begin with message. or consent. are ours.'),
  external_id: externalId.optional().meta({ description: 'Of the contact; made on first use.' }),
  recipient_id: externalId.optional().meta({ description: 'The same as external_id.' }),
  contact_id: z.uuid().optional().meta({ description: 'Our id, instead of external_id.' }),
  at: Instant.optional().meta({ description: 'Absent: now.' }),
  properties: z
    .record(z.string().min(1).max(200), z.json())
    .refine(
      (value) => JSON.stringify(value).length <= MAX_PROPERTIES,
      `Properties hold at most ${MAX_PROPERTIES} characters.`,
    )
    .default({}),
  key: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The same key again is not recorded again.' }),
})
export type EventBody = z.infer<typeof eventInput>

export const recorded = z.object({
  id: z.string().nullable(),
  status: z.enum(['recorded', 'duplicate']),
})

export const event = z.object({
  id: z.uuid(),
  name: z.string(),
  contact_id: z.string().nullable(),
  message_id: z.string().nullable(),
  at: z.string(),
  recorded_at: z.string(),
  source: z.string(),
  properties: z.record(z.string(), z.unknown()),
})

export function eventView(row: Event): z.infer<typeof event> {
  return {
    id: row.id,
    name: row.name,
    contact_id: row.contactId,
    message_id: row.messageId,
    at: row.at.toISOString(),
    recorded_at: row.recordedAt.toISOString(),
    source: row.source,
    properties: row.properties,
  }
}
