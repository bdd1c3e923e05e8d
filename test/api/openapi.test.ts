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

test('what is no JSON is described as what it is: pages, files, pictures, redirections', async () => {
  const key = await app.keyFor('default')
  const html = { accept: 'text/html' }
  for (const [method, path, name, wanted, headers = {}] of [
    ['GET', '/', 'GET /', '200 application/json'],
    ['GET', '/', 'GET /', '302', html],
    ['GET', '/metrics', 'GET /metrics', '200 text/plain', key],
    ['GET', '/api/track/open/x.png', 'GET /api/track/open/:pixel_id.png', '200 image/png'],
    ['GET', '/api/track/click/x', 'GET /api/track/click/:click_id', '404 text/html'],
    ['GET', '/u/x', 'GET /u/:token', '404 text/html'],
    ['GET', '/p/x', 'GET /p/:token', '404 text/html'],
    ['GET', '/setup/x', 'GET /setup/:token', '404 text/html'],
    ['GET', '/contacts/export.csv', 'GET /contacts/export.csv', '200 text/csv', key],
    ['GET', '/notifications/export.csv', 'GET /notifications/export.csv', '200 text/csv', key],
  ] as const) {
    const answer = await fetch(`${app.url}${path}`, { method, headers, redirect: 'manual' })
    const type = answer.headers.get('content-type')?.split(';')[0]
    assert.equal([answer.status, type].filter(Boolean).join(' '), wanted, path)
    const described = operations.find((each) => each.name === name)?.responses[answer.status]
    assert.ok(
      type === undefined ? !described.content : described.content[type],
      `${name} ${wanted}`,
    )
    if (type === undefined) assert.ok(described.headers.location, name)
    await answer.body?.cancel()
  }
  const click = operations.find(({ path }) => path.startsWith('/api/track/click'))
  assert.ok(click?.responses['302'].headers.location)
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
