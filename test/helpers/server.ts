/** The server with some rooms' routes, for tests that need no sign-in: a header names the workspace. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import pino from 'pino'
import { readConfig } from '../../src/config.ts'
import type { Db } from '../../src/db/db.ts'
import { createServer } from '../../src/http/server.ts'
import { scopes } from '../../src/workspaces/auth.ts'

export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any
}

export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<TestAnswer>

/** Answers a caller for each workspace. A string or Buffer is sent as it is, anything else as JSON. */
export async function testServer<O extends { db: Db }>(
  plugins: readonly FastifyPluginAsyncZod<O>[],
  options: O,
): Promise<(workspaceId: string) => Call> {
  const server = createServer({
    config: readConfig({ ENVIRONMENT: 'test' }),
    db: options.db,
    log: pino({ level: 'silent' }),
    version: '0.0.0',
    authenticate: async (request) => ({
      kind: 'key',
      workspaceId: String(request.headers['x-workspace']),
      scopes: new Set(scopes),
      actorId: 'test',
      memberId: null,
      sessionHash: null,
    }),
  })
  for (const plugin of plugins) server.register(plugin, options)
  await server.ready()
  return (workspaceId) =>
    async (method, url, body, headers = {}) => {
      const raw = typeof body === 'string' || Buffer.isBuffer(body)
      const answer = await server.inject({
        method,
        url,
        headers: {
          'x-workspace': workspaceId,
          ...(body === undefined ? {} : { 'content-type': raw ? 'text/csv' : 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: raw ? body : JSON.stringify(body) }),
      })
      const json = String(answer.headers['content-type']).includes('json')
        ? answer.json()
        : undefined
      return { status: answer.statusCode, headers: answer.headers, text: answer.body, json }
    }
}
