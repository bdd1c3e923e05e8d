/** POST /providers/:id/test: one short test by this sender and no other, whatever its turn and state. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SenderParams } from '../channels/schema.ts'
import { AppError } from '../errors.ts'
import { SentTest } from './schema.ts'
import { recipientOf, sendTest, type TestDeps } from './sendTest.ts'

const TestOfSender = z.strictObject({
  to: z.string().trim().max(500).default('').meta({
    description: 'Address or number; left out for senders that have a destination of their own.',
  }),
})

export const testSenderRoutes =
  (deps: TestDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/providers/:id/test',
      {
        config: { scope: 'messages:write', repeatable: false },
        schema: {
          tags: ['Providers'],
          summary: 'Send one short test by this sender; it is no message and counts nowhere',
          params: SenderParams,
          body: TestOfSender,
          response: { 200: SentTest },
        },
      },
      async ({ auth, params, body }) => {
        const { senders } = deps.directories
        senders.forget(auth.workspaceId)
        const sender = await senders.find(auth.workspaceId, params.id)
        if (!sender) throw new AppError('not_found', 'There is no such sender.')
        const recipient = await recipientOf(sender, body.to, deps)
        const text = `This is a test of the sender ${sender.name}. It works.`
        return sendTest(recipient, { subject: sender.name, html: null, text }, deps)
      },
    )
  }
