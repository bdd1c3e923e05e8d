/** The API's description of itself: whole, valid, and true to the routes that there are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { describe, type Schema } from './describe.ts'

const app = await startTestApp(await testDatabase())
const { document, operations, resolve } = await describe(app)

test('every route is described, but those that are not for programs', () => {
  const hidden = app.routes.filter((route) => route.hidden).map(({ url }) => url)
  for (const url of hidden)
    assert.match(url, /^\/(api\/)?(docs|openapi\.json)|^\/(app|login|logout)/)
  assert.deepEqual(
    operations.map(({ name }) => name).toSorted(),
    app.routes
      .filter((route) => !route.hidden)
      .map(({ method, url }) => `${method} ${url}`)
      .toSorted(),
  )
})

/** The parts of OpenAPI 3.1's own schema that a document like ours can break. */
const structure = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { pattern: '^3\\.1\\.\\d+$' },
    info: { required: ['title', 'version'] },
    paths: {
      propertyNames: { pattern: '^/' },
      additionalProperties: { additionalProperties: { $ref: '#/$defs/operation' } },
    },
    components: {
      additionalProperties: false,
      properties: {
        schemas: { propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' } },
        responses: { additionalProperties: { $ref: '#/$defs/response' } },
        securitySchemes: { additionalProperties: { required: ['type'] } },
      },
    },
  },
  $defs: {
    operation: {
      type: 'object',
      required: ['responses', 'summary', 'tags', 'security'],
      properties: {
        summary: { type: 'string', minLength: 3 },
        tags: { type: 'array', minItems: 1, items: { type: 'string' } },
        security: { type: 'array', items: { type: 'object' } },
        parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } },
        requestBody: {
          required: ['content'],
          properties: { content: { $ref: '#/$defs/content' } },
        },
        responses: {
          type: 'object',
          minProperties: 1,
          propertyNames: { pattern: '^([1-5]\\d\\d|default)$' },
          additionalProperties: {
            anyOf: [{ required: ['$ref'] }, { $ref: '#/$defs/response' }],
          },
        },
      },
    },
    parameter: {
      required: ['name', 'in', 'schema'],
      properties: { in: { enum: ['path', 'query', 'header', 'cookie'] } },
      anyOf: [
        { properties: { in: { not: { const: 'path' } } } },
        { required: ['required'], properties: { required: { const: true } } },
      ],
    },
    response: {
      required: ['description'],
      properties: { content: { $ref: '#/$defs/content' } },
    },
    content: {
      minProperties: 1,
      propertyNames: { pattern: '^[\\w*.+-]+/[\\w*.+-]+' },
      additionalProperties: { required: ['schema'] },
    },
  },
}

test('it is built as OpenAPI 3.1 asks', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  const valid = ajv.validate(structure, document)
  assert.ok(valid, ajv.errorsText())
})

test('every reference leads somewhere, and every schema is one', () => {
  const ajv = new Ajv2020({ strict: false, formats: { base64: true } })
  formats.default(ajv)
  ajv.addSchema({ $id: 'api:', components: document.components })
  const walk = (at: Schema): void => {
    if (typeof at !== 'object' || at === null) return
    if (typeof at.$ref === 'string') assert.ok(resolve(at), at.$ref)
    if (at.schema) ajv.compile(JSON.parse(JSON.stringify(at.schema).replaceAll('"#/', '"api:#/')))
    for (const inner of Object.values(at)) walk(inner)
  }
  walk(document.paths)
  walk(document.components)
})

test('parameters of a path are those that stand in it', () => {
  for (const { name, path, parameters } of operations) {
    const inPath = parameters.filter((each) => each.in === 'path').map((each) => each.name)
    assert.deepEqual(
      inPath.toSorted(),
      [...path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each).toSorted(),
      name,
    )
  }
})

test('each route says who may call it, as the server has it', () => {
  for (const { name, security } of operations) {
    const route = app.routes.find(({ method, url }) => `${method} ${url}` === name)
    const needed = route?.scope ? [route.scope] : []
    const expected = route?.open ? [] : [{ key: needed }, { session: needed }]
    assert.deepEqual(security, expected, name)
  }
})

test('each route says how it refuses, as problems', () => {
  for (const { name, responses, security, body, method } of operations) {
    const wanted = [
      '400',
      '503',
      ...(security.length > 0 ? ['401', '403'] : []),
      ...(body ? ['413', '415', '422'] : []),
      ...(method === 'GET' ? [] : ['409']),
    ]
    for (const status of wanted) assert.ok(responses[status], `${name}: ${status}`)
  }
  const { content } = resolve({ $ref: '#/components/responses/Problem422' })
  const problem = resolve(content['application/problem+json'].schema)
  assert.ok(problem.properties.errors)
})

test('the documentation is served whole, and its other addresses lead to it', async () => {
  for (const path of [
    '/api/docs/',
    '/api/docs/static/swagger-ui.css',
    '/api/docs/static/swagger-initializer.js',
  ]) {
    const answer = await app.call('GET', path)
    assert.equal(answer.status, 200, `${path}: ${answer.text}`)
  }
  for (const [path, to] of [
    ['/docs', '/api/docs/'],
    ['/openapi.json', '/api/openapi.json'],
  ] as const) {
    const { status, headers } = await app.call('GET', path)
    assert.deepEqual([status, headers.get('location')], [308, to])
  }
})
