/** Cancels or resends many messages, each for itself: what cannot be done says why. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { TransactionSql } from 'postgres'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { changeStatus } from './change.ts'
import { resend } from './resend.ts'
import { statuses } from './schema.ts'

const MAX = 100 // messages in one request

const body = z.strictObject({ ids: z.array(z.uuid('not an id of a message')).min(1).max(MAX) })
const done = z.object({
  id: z.uuid().meta({ description: 'As it was asked for.' }),
  status: z
    .enum(statuses)
    .nullable()
    .meta({ description: 'Of what came of it; null: nothing did.' }),
  new_id: z.uuid().nullable().meta({ description: 'Of the message that was made.' }),
  problem: z.string().nullable().meta({ description: 'Why nothing was done.' }),
})
type Done = z.infer<typeof done>
type Change = (tx: TransactionSql, workspaceId: string, id: string) => Promise<Partial<Done>>

export function bulkRoutes({ db }: { db: Db }): FastifyPluginAsyncZod {
  const changes: Readonly<Record<string, { summary: string; change: Change }>> = {
    cancel: {
      summary: 'Cancel up to 100 messages that wait',
      change: async (tx, workspaceId, id) => {
        const wanted = { status: 'cancelled' } as const
        return { status: (await changeStatus(tx, workspaceId, id, wanted, db.clock.now())).status }
      },
    },
    resend: {
      summary: 'Send the content of up to 100 messages again, each as a new message',
      change: async (tx, workspaceId, id) => {
        const made = await resend(tx, workspaceId, id, db.clock.now())
        return { status: made.status, new_id: made.id }
      },
    },
  }
  return async (server) => {
    for (const [name, { summary, change }] of Object.entries(changes))
      server.post(
        `/notifications/${name}`,
        {
          config: { scope: 'messages:write' },
          schema: {
            ...{ tags: ['Messages'], summary, body },
            response: { 200: z.object({ data: z.array(done) }) },
          },
        },
        (request, reply) =>
          reply.answer(200, async (tx, workspaceId) => {
            const data: Done[] = []
            // One lock at a time, in one order.
            for (const id of [...new Set(request.body.ids)].sort())
              data.push(await each(tx, workspaceId, { id, change }))
            return { data }
          }),
      )
  }
}

async function each(
  tx: TransactionSql,
  workspaceId: string,
  { id, change }: { id: string; change: Change },
): Promise<Done> {
  const nothing = { id, status: null, new_id: null, problem: null }
  try {
    return { ...nothing, ...(await change(tx, workspaceId, id)) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ...nothing, problem: error.message }
  }
}
