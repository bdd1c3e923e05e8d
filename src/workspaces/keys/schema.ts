/** API keys in requests and answers. */
import { z } from 'zod'
import { Instant } from '../../lib/instant.ts'
import { scopes } from '../auth.ts'

export const ScopeName = z.enum(scopes)

export const ApiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: 'How the key begins; the rest is not kept.' }),
    scopes: z.array(z.string()),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable().meta({ description: 'To the minute.' }),
    revoked_at: z.iso.datetime().nullable(),
    created_by: z.uuid().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ description: 'A key of the API.' })

export const NewKeyView = ApiKeyView.extend({
  key: z
    .string()
    .nullable()
    .meta({ description: 'The key itself. Shown once: null when the answer is repeated.' }),
})

export const NewKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(ScopeName).min(1).max(scopes.length).meta({ description: 'At most your own.' }),
  expires_at: Instant.optional().meta({ description: 'Absent: never.' }),
})

export const KeyId = z.strictObject({ id: z.string().max(100) })
