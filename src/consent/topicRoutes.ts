/** Topics by API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Db } from '../db/db.ts'
import { pageOf } from '../lib/paging.ts'
import { topic, topicInput, topicView } from './schema.ts'
import { listTopics, saveTopic } from './store.ts'

const reading = { scope: 'contacts:read' } as const
const writing = { scope: 'contacts:write' } as const

export const topicRoutes: FastifyPluginAsyncZod<{ db: Db }> = async (server, { db }) => {
  const tags = ['topics']
  server.get(
    '/topics',
    {
      config: reading,
      schema: { tags, summary: 'List topics', response: { 200: pageOf(topic) } },
    },
    async (request) => {
      const topics = await request.read(listTopics)
      return { data: topics.map(topicView), has_more: false, next_cursor: null }
    },
  )

  server.post(
    '/topics',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Make a topic, or change the one of this key',
        body: topicInput,
        response: { 201: topic },
      },
    },
    (request, reply) =>
      reply.answer(201, async (tx, workspaceId) =>
        topicView(await saveTopic(tx, workspaceId, request.body, db.clock.now())),
      ),
  )
}
