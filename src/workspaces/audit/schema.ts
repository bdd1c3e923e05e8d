/** The audit log in requests and answers. */
import { z } from 'zod'

export const AuditEntryView = z
  .object({
    seq: z.int(),
    at: z.iso.datetime(),
    actor_kind: z.string(),
    actor_id: z.string().nullable(),
    action: z.string(),
    target: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    ip: z.string().nullable(),
    request_id: z.string().nullable(),
    hash: z.string(),
  })
  .meta({ description: 'Something that was done, chained to what was done before it.' })

export const AuditVerdict = z.object({
  ok: z.boolean(),
  entries: z.int().nullable().meta({ description: 'How many entries are sound.' }),
  head: z.string().nullable().meta({ description: 'Note it elsewhere: a cut tail shows by it.' }),
  seq: z.int().nullable().meta({ description: 'The first entry that is wrong.' }),
  fault: z.string().nullable(),
})
