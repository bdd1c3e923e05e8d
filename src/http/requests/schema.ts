/** The log of requests in questions and answers. */
import { z } from 'zod'
import { Instant } from '../../lib/instant.ts'
import { pageQuery } from '../../lib/paging.ts'

export const ListQuery = z.strictObject({
  ...pageQuery,
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  status: z
    .string()
    .regex(/^([1-5]\d\d|[1-5]xx|failed)$/, 'a status such as 422, or 2xx, 4xx, 5xx, failed')
    .optional()
    .meta({ description: 'One status, all of a hundred (`4xx`), or `failed`: 400 and above.' }),
  path: z.string().min(1).max(200).optional().meta({ description: 'Part of the path.' }),
  source: z.enum(['api', 'dashboard']).optional(),
  actor_id: z.string().min(1).max(100).optional().meta({ description: 'Id of a key or member.' }),
  idempotency_key: z.string().min(1).max(255).optional(),
  message_id: z.uuid('not an id of a message').optional().meta({
    description: 'The request that made this message.',
  }),
  from: Instant.optional(),
  to: Instant.optional(),
})

export const RequestSummary = z
  .object({
    id: z.uuid().meta({ description: 'As the header X-Request-ID answered it.' }),
    at: z.iso.datetime(),
    method: z.string(),
    path: z.string(),
    query: z.string().nullable(),
    route: z.string(),
    status: z.int(),
    code: z.string().nullable().meta({ description: 'Of the problem that was answered.' }),
    duration_ms: z.int(),
    source: z.enum(['api', 'dashboard']),
    actor_kind: z.string(),
    actor_id: z.string(),
    idempotency_key: z.string().nullable(),
    replayed: z.boolean().meta({ description: 'The answer of an earlier request with its key.' }),
    message_count: z.int().meta({ description: 'Messages that it made.' }),
    sampled: z.boolean().meta({
      description: 'Others were left out before it: so many came that only a part was kept.',
    }),
    left_out: z.int().meta({ description: 'How many.' }),
  })
  .meta({ id: 'ApiRequest' })

export const RequestView = RequestSummary.extend({
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  request_bytes: z.int().nullable(),
  request_body: z.unknown().meta({ description: 'Shortened, without secrets and files.' }),
  answer: z.unknown().meta({
    description: 'The same of the answer; null: of a read that succeeded, or shown once only.',
  }),
  message_ids: z.array(z.uuid()),
})
