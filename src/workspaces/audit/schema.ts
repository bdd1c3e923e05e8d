/** The audit log in requests and answers. */
import { z } from 'zod'
import { Instant } from '../../lib/instant.ts'
import { pageQuery } from '../../lib/paging.ts'

export const AuditQuery = z.strictObject({
  ...pageQuery,
  seq: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER - 1)
    .optional()
    .meta({
      description: 'This entry alone.',
    }),
  actor: z.string().min(1).max(100).optional().meta({
    description: 'Its id, or its kind: session, key, instance, token, system.',
  }),
  action: z
    .string()
    .regex(
      /^[a-z_.]{1,98}\*?$/,
      'an action such as template.changed, or a beginning such as template.*',
    )
    .optional(),
  target: z.string().min(1).max(100).optional().meta({ description: 'Id of what it was done to.' }),
  request_id: z.string().min(1).max(100).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
})

export const AuditEntryView = z
  .object({
    seq: z.int(),
    at: z.iso.datetime(),
    actor_kind: z.string(),
    actor_id: z.string().nullable(),
    action: z.string(),
    target: z.string().nullable(),
    details: z.record(z.string(), z.unknown()).meta({
      description: '`changes`, where there are: of each field what was before and after.',
    }),
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
