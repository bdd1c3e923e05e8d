/** Failed callbacks by what they failed of, and how to try all of one kind again. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { groupFailed, reopenGroup } from '../store/callbackGroups.ts'
import { mendOf } from './mendOf.ts'
import type { CallbackRoutesDeps } from './routes.ts'

const MOST = 20 // groups; what fails in more ways than these fails of one thing beneath
const tags = ['Callbacks']

const Group = z.object({
  provider: z.string(),
  reason: z.string().meta({ description: 'Of one of them.' }),
  mend: z.string().meta({ description: 'What to do about it.' }),
  count: z.int(),
  first_at: z.iso.datetime(),
  last_at: z.iso.datetime(),
})

export function callbackGroupRoutes({
  clock,
  onTaken,
}: Pick<CallbackRoutesDeps, 'clock' | 'onTaken'>): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/callbacks/groups',
      {
        config: { scope: 'senders:read' },
        schema: {
          ...{ tags, summary: 'Failed callbacks, by what they failed of' },
          response: { 200: z.object({ data: z.array(Group) }) },
        },
      },
      async (request) => {
        const groups = await request.read((tx, workspaceId) => groupFailed(tx, workspaceId, MOST))
        return {
          data: groups.map(({ source, reason, count, firstAt, lastAt }) => ({
            ...{ provider: source, reason, mend: mendOf(reason), count },
            ...{ first_at: firstAt.toISOString(), last_at: lastAt.toISOString() },
          })),
        }
      },
    )

    server.post(
      '/callbacks/process',
      {
        config: { scope: 'senders:write' },
        schema: {
          ...{ tags, summary: 'Processes again all callbacks that failed of the same' },
          body: z.strictObject({
            provider: z.string().min(1).max(100),
            reason: z
              .string()
              .min(1)
              .max(1_000)
              .meta({ description: 'As /callbacks/groups says it.' }),
          }),
          response: { 202: z.object({ count: z.int() }) },
        },
      },
      async ({ body }, reply) => {
        const group = { source: body.provider, reason: body.reason }
        const answer = await reply.answer(202, async (tx, workspaceId) => ({
          count: await reopenGroup(tx, workspaceId, group, clock.now()),
        }))
        onTaken()
        return answer
      },
    )
  }
}
