/**
 * The API's description of itself. Rooms say what their routes take and answer; who may call
 * them and how they refuse is the same everywhere, so it is added here.
 */
import type { SwaggerOptions } from '@fastify/swagger'
import type { FastifyContextConfig, FastifySchema } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { codes } from '../errors.ts'
import { problemSchema } from './problem.ts'

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name?: string }[]
  readonly requestBody?: unknown
  readonly security?: readonly unknown[]
  readonly tags?: readonly string[]
  readonly responses: Record<string, { description?: string; $ref?: string }>
}

interface Description {
  readonly paths: Record<string, Partial<Record<(typeof methods)[number], Operation>>>
  readonly components: { schemas?: Record<string, unknown>; responses?: unknown }
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
      const config = document.route.config ?? {}
      const { public: open, scope, repeatable = true, guarded } = config
      const needed = scope ? [scope] : []
      const security = open ? [] : [{ key: needed }, { session: needed }]
      const repeats = !open && repeatable && !readsOnly(document.route.method)
      return {
        schema: {
          ...{ security, ...(repeats ? { headers: headersOf(guarded) } : {}) },
          ...withDescribed(schema, config),
        },
        url,
      }
    },
    transformObject: (document) => {
      const complete = jsonSchemaTransformObject(document)
      const described = complete as unknown as Description // 3.1, as said above
      addProblems(described)
      inOrder(described.components)
      openReferences(described, new Set(Object.keys(described.components.schemas ?? {})))
      return complete
    },
  }
}

/** With what the schemas do not say: see lib/described.ts. */
function withDescribed(
  schema: FastifySchema,
  { answers, takes }: Pick<FastifyContextConfig, 'answers' | 'takes'>,
) {
  return {
    ...schema,
    ...(answers ? { response: { ...Object(schema.response), ...answers } } : {}),
    ...(takes ? { body: { content: takes } } : {}),
  }
}

/** By name: they come as their files were loaded, which is nobody's business. */
function inOrder(components: Description['components']): void {
  const schemas = Object.entries(components.schemas ?? {})
  components.schemas = Object.fromEntries(schemas.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const readsOnly = (method: string | readonly string[]) =>
  [method].flat().every((each) => each === 'GET' || each === 'HEAD')

const headersOf = (guarded = false) => ({
  type: 'object',
  properties: guarded ? { ...idempotencyKey, ...version } : idempotencyKey,
})

const version = {
  'If-Match': {
    type: 'string',
    description: 'The version that you have seen: 412 when somebody else saved another meanwhile.',
  },
}

const idempotencyKey = {
  'Idempotency-Key': {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description:
      'The same key and request again within 24 hours gets the first answer, with Idempotent-Replayed: true; with another body or query it is refused (422). A key counts for one method and path of a workspace: for another path it is another key.',
  },
}

function addProblems({ paths, components }: Description): void {
  for (const path of Object.values(paths))
    for (const method of methods) if (path[method]) addRefusals(method, path[method])
  components.schemas = { ...components.schemas, Problem: problemSchema }
  components.responses = problemResponses
}

/** The converter names z.json(), which holds itself, but does not define it: any JSON will do. */
function openReferences(at: unknown, known: ReadonlySet<string>): void {
  if (typeof at !== 'object' || at === null) return
  const name = '$ref' in at ? /^#\/components\/schemas\/(.+)/.exec(String(at.$ref))?.[1] : undefined
  if (name !== undefined && !known.has(name)) Reflect.deleteProperty(at, '$ref')
  for (const inner of Object.values(at)) openReferences(inner, known)
}

function addRefusals(method: string, operation: Operation): void {
  for (const [status, answer] of Object.entries(operation.responses))
    if (answer.description === 'Default Response') answer.description = outcomes[status] ?? 'Done.'
  for (const status of refusals(method, operation))
    operation.responses[status] ??= { $ref: `#/components/responses/Problem${status}` }
}

const outcomes: Readonly<Record<string, string>> = {
  200: 'Done, or what was asked for.',
  201: 'It was made.',
  202: 'It was accepted; the rest follows.',
  204: 'Done; there is nothing to say.',
}

/** Which of our statuses a route may answer with, seen from what it takes. */
function refusals(method: string, operation: Operation): number[] {
  const { parameters = [], requestBody, security } = operation
  const called = operation.tags?.includes('Callbacks') // a vendor's handshake is a GET
  const writes = method !== 'get'
  const open = security?.length === 0
  const asks = parameters.some((each) => each.in !== 'header') || requestBody !== undefined
  return [
    400,
    ...(open ? [] : [401, 403]),
    ...((writes || called) && open ? [401, 403] : []), // a wrong password or signature, another site
    ...(asks || writes || called || !open ? [404] : []), // also a webhook that nobody expects
    ...(writes ? [409, 413, 415] : []),
    ...(parameters.some(({ name }) => name === 'If-Match') ? [412] : []),
    ...(writes || asks ? [422] : []),
    ...(writes || !open ? [429] : []), // sign-ins, unknown keys
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
