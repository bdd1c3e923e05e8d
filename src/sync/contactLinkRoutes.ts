/** GET /contacts/:id/links: other systems that know a contact. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contactParams } from '../contacts/schema.ts'
import { contactLinks } from './contactLinks.ts'
import type { SyncDeps } from './deps.ts'

const ContactLink = z.object({
  connector: z.string(),
  name: z.string().meta({ description: 'Of the connection.' }),
  connection_id: z.uuid(),
  external_id: z.string().meta({ description: 'What they call the contact.' }),
  url: z.url().nullable().meta({ description: 'Where it is looked at; null: that is not known.' }),
  last_sync_at: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'When the connection last pulled or was called.' }),
})

export const contactLinkRoutes =
  (deps: SyncDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/contacts/:id/links',
      {
        config: { scope: 'contacts:read' },
        schema: {
          tags: ['contacts'],
          summary: 'Other systems that know a contact, and where it is looked at there',
          params: contactParams,
          response: { 200: z.object({ data: z.array(ContactLink) }) },
        },
      },
      (request) =>
        request.read(async (tx, workspaceId) => ({
          data: await contactLinks(tx, workspaceId, request.params.id, deps),
        })),
    )
  }
