/** /workspaces/:id/brand: how a workspace looks to its recipients. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf } from './audit/audit.ts'
import { type Brand, findBrand, updateBrand } from './brand.store.ts'
import { auditChange, getManaged } from './changeWorkspace.ts'
import type { WorkspaceDeps } from './deps.ts'
import { IdParams } from './schema.ts'

/** The page with it stays below 50 kB. */
const MAX_LOGO = 45_000 // characters

/** How the bytes of each kind of picture begin, in base64. */
const beginnings = { png: 'iVBORw0KGgo', jpeg: '/9j/', webp: 'UklGR' } as const

const BrandView = z.object({
  color: z.string().nullable().meta({ description: 'Of buttons, as #rrggbb; null: ours.' }),
  logo: z
    .string()
    .nullable()
    .meta({ description: 'A PNG, JPEG or WebP picture as data: URL; null: the name alone.' }),
})

const BrandBody = z.strictObject({
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'a colour as #rrggbb, such as #1f4fd8')
    .toLowerCase()
    .nullable(),
  logo: z
    .string()
    .max(MAX_LOGO, 'at most 45,000 characters: make the picture smaller')
    .refine(isPicture, 'a PNG, JPEG or WebP picture as data: URL')
    .nullable(),
})

export function brandRoutes({ access }: WorkspaceDeps): FastifyPluginAsyncZod {
  const { db } = access
  const config = { scope: 'workspaces:write' } as const
  const path = '/workspaces/:id/brand'
  const schema = { tags: ['Workspaces'], params: IdParams, response: { 200: BrandView } }
  return async (server) => {
    server.get(
      path,
      { config, schema: { ...schema, summary: 'How a workspace looks to its recipients' } },
      (request) =>
        request.read(async (tx): Promise<Brand> => {
          const { id } = await getManaged(tx, request.auth, request.params.id)
          return findBrand(tx, id)
        }),
    )

    server.put(
      path,
      {
        config,
        schema: {
          ...schema,
          summary: 'Change how a workspace looks to its recipients',
          body: BrandBody,
        },
      },
      (request, reply) =>
        reply.answer(200, async (tx) => {
          const { id } = await getManaged(tx, request.auth, request.params.id)
          await updateBrand(tx, id, request.body)
          const context = { actor: actorOf(request), now: db.clock.now() }
          await auditChange(tx, id, { fields: ['brand'] }, context)
          return request.body
        }),
    )
  }
}

/** Whether it says what it is, and is what it says, as far as its first bytes tell. */
function isPicture(url: string): boolean {
  const [, kind, bytes = ''] = /^data:image\/(png|jpeg|webp);base64,(.+)$/.exec(url) ?? []
  if (!kind || !z.base64().safeParse(bytes).success) return false
  return bytes.startsWith(beginnings[kind as keyof typeof beginnings]) // one of those, says the expression
}
