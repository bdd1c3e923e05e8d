/**
 * The API's description of itself. Rooms say what their routes take and answer; who may call
 * them and how they refuse is the same everywhere, so it is added here.
 */
import type { SwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { codes } from '../errors.ts'
import { problemSchema } from './problem.ts'

interface Operation {
  readonly parameters?: readonly { readonly in: string }[]
  readonly requestBody?: unknown
  readonly security?: readonly unknown[]
  readonly responses: Record<string, unknown>
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

export function description(version: string, cookieName: string): SwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Beckon',
        version,
        description: 'Messages on every channel, and what comes back.',
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: cookieName },
        },
      },
    },
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document)
      const { public: open, scope } = document.route.config ?? {}
      const needed = scope ? [scope] : []
      const security = open ? [] : [{ key: needed }, { session: needed }]
      return { schema: { security, ...schema }, url }
    },
    transformObject: (document) => {
      // The library's type does not say which of OpenAPI's versions this is: the one given above.
      const complete = jsonSchemaTransformObject(document) as ReturnType<
        typeof jsonSchemaTransformObject
      > & {
        paths: Record<string, Partial<Record<(typeof methods)[number], Operation>>>
      }
      for (const path of Object.values(complete.paths))
        for (const method of methods) if (path[method]) addRefusals(method, path[method])
      const { components } = complete
      return {
        ...complete,
        components: {
          ...components,
          schemas: { ...components?.schemas, Problem: problemSchema },
          responses: problemResponses,
        },
      }
    },
  }
}

function addRefusals(method: string, operation: Operation): void {
  for (const status of refusals(method, operation))
    operation.responses[status] ??= { $ref: `#/components/responses/Problem${status}` }
}

/** Which of our statuses a route may answer with, seen from what it takes. */
function refusals(method: string, { parameters = [], requestBody, security }: Operation): number[] {
  const writes = method !== 'get'
  const open = security?.length === 0
  return [
    400,
    ...(open ? [] : [401, 403]),
    ...(writes && open ? [401, 403] : []), // a wrong password or signature, another site
    404,
    ...(writes ? [409, 413, 415] : []),
    ...(writes || parameters.length > 0 || requestBody ? [422] : []),
    429,
    503,
  ]
}

/** By status: the sentences of all codes that have it. */
const problemResponses = Object.fromEntries(
  [...Map.groupBy(Object.values(codes), ([status]) => status)].map(([status, known]) => [
    `Problem${status}`,
    {
      description: known.map(([, sentence]) => sentence).join(' Or: '),
      ...([409, 429, 503].includes(status)
        ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } } }
        : {}),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
)
