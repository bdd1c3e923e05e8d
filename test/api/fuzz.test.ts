/**
 * Requests that nobody thought of, made from the API's own description: never a 500, never a
 * status or an answer that the description does not know. FUZZ_RUNS says how many; a failure
 * prints its seed, and FUZZ_SEED plays it again.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc, { type Arbitrary } from 'fast-check'
import { type Answer, startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { addTenant } from '../helpers/tenant.ts'
import { anything, like } from './arbitrary.ts'
import { describe, type Operation, type Schema } from './describe.ts'
import { addressOf, table } from './table.ts'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1_500)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121)

const unhandled: unknown[] = []
process.on('unhandledRejection', (error) => unhandled.push(error))

const app = await startTestApp(await testDatabase())
const apple = await addTenant(app, 'apple')
const { document, operations, resolve } = await describe(app)
const ids = Object.values(apple).filter((value) => typeof value === 'string')

/** Signing in and out ends the walk; passwords take long by design. Their rooms test them. */
const left = /\/auth\/|\/setup|\/api\/client|^POST \/members$|^POST \/notifications\/send$/
const fuzzed = operations
  .filter(({ name }) => !left.test(name))
  .toSorted((one, other) => Number(one.method === 'DELETE') - Number(other.method === 'DELETE'))

const ajv = new Ajv2020({ strict: false, formats: { base64: true } })
formats.default(ajv)
ajv.addSchema({ $id: 'api:', components: document.components })
const compiled = new Map<string, ReturnType<typeof ajv.compile>>()

interface Request {
  readonly path: string
  readonly body: unknown
}

/** Mostly the table's own request with a field or two changed: what is wholly made up gets no further than the door. */
function requestOf(operation: Operation): Arbitrary<Request> {
  const parts = operation.parameters.filter((each) => each.in !== 'header')
  const path = parts.filter((each) => each.in === 'path')
  // Made-up cursors get nowhere; their own tests send them.
  const query = parts.filter((each) => each.in === 'query' && each.name !== 'cursor')
  const own = addressOf(operation.name, table[operation.name]!, apple)
  const madeUp = valuesOf(path).map((values) =>
    path.reduce(
      (address, { name }) => address.replace(`{${name}}`, encodeURIComponent(values[name]!) || '-'),
      operation.path,
    ),
  )
  const address = fc.oneof(
    { arbitrary: fc.constant(own), weight: 3 },
    { arbitrary: madeUp, weight: 1 },
  )
  return fc.tuple(address, valuesOf(query), bodyOf(operation)).map(([at, values, body]) => {
    const [start, given = ''] = at.split('?')
    const asked = new URLSearchParams({
      ...Object.fromEntries(new URLSearchParams(given)),
      ...values,
    })
    return { path: asked.size > 0 ? `${start}?${asked}` : String(start), body }
  })
}

function valuesOf(parameters: Operation['parameters']): Arbitrary<Record<string, string>> {
  const told = parameters.map(({ name, schema }) => {
    const text = like(schema, resolve, ids).map((value) =>
      (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed(),
    )
    return [name, text] as const
  })
  const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name)
  return fc.record(Object.fromEntries(told), { requiredKeys }) as Arbitrary<Record<string, string>>
}

function bodyOf({ name, body }: Operation): Arbitrary<unknown> {
  const good = table[name]?.body
  if (!body)
    return good ? fc.constant(good(apple, 'fuzz')) : fc.option(anything, { nil: undefined })
  const madeUp = like(body, resolve, ids)
  if (!good) return madeUp
  const { properties = {} } = resolve(resolve(body).anyOf?.[0] ?? body)
  const changes = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([field, schema]) => [field, like(schema, resolve, ids)]),
    ),
    { requiredKeys: [] },
  )
  const few = fc
    .tuple(changes, fc.array(fc.nat(), { maxLength: 2 }), fc.uuid())
    .map(([all, picks, unique]) => {
      const names = Object.keys(all)
      const picked = picks.flatMap((pick) => names[pick % names.length] ?? [])
      return {
        ...(good(apple, `u${unique}`) as object),
        ...Object.fromEntries(picked.map((each) => [each, all[each]])),
      }
    })
  return fc.oneof({ arbitrary: few, weight: 3 }, { arbitrary: madeUp, weight: 1 })
}

function send({ name, method }: Operation, { path, body }: Request): Promise<Answer> {
  const type = table[name]?.type
  const isText = typeof body === 'string' || Buffer.isBuffer(body)
  const sent = method === 'GET' ? undefined : type && !isText ? String(JSON.stringify(body)) : body
  return app.call(method, path, type || sent === undefined ? sent : JSON.stringify(sent), {
    ...apple.key,
    ...(type && sent !== undefined ? { 'content-type': type } : {}),
  })
}

function check(operation: Operation, request: Request, answer: Answer): void {
  const said = `${operation.name} ${JSON.stringify(request)}: ${answer.status} ${answer.text.slice(0, 500)}`
  assert.ok(answer.status < 500, said)
  const response = resolve(operation.responses[answer.status])
  assert.ok(response, `not described: ${said}`)
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  const schema = response.content?.[type]?.schema
  if (!schema || answer.json === undefined) return
  const valid = validator(`${operation.name} ${answer.status} ${type}`, schema)
  assert.ok(valid(answer.json), `${ajv.errorsText(valid.errors)}: ${said}`)
  if (answer.status < 400) return
  assert.equal(type, 'application/problem+json', said)
  assert.ok(!/postgres|\bat .*\.ts:\d|select |insert into/i.test(answer.json.detail), said)
}

function validator(name: string, schema: Schema) {
  const known = compiled.get(name)
  if (known) return known
  const made = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api:#/')))
  compiled.set(name, made)
  return made
}

const numRuns = Math.ceil(RUNS / fuzzed.length)

for (const operation of fuzzed) {
  test(`${operation.name} answers as described to ${numRuns} requests of any kind`, async () => {
    await fc.assert(
      fc.asyncProperty(requestOf(operation), async (request) => {
        check(operation, request, await send(operation, request))
      }),
      { numRuns, seed: SEED, endOnFailure: true },
    )
  })
}

test('after all this the server is well', async () => {
  assert.equal((await app.call('GET', '/health')).json.status, 'healthy')
  const body = { recipient_id: 'after', channel: 'sms', to: '+972521234567', message: 'a' }
  const sent = await app.call('POST', '/notifications/send', body, apple.key)
  assert.equal(sent.status, 200, sent.text)
  const verified = await app.call('GET', '/audit/verification', undefined, apple.key)
  assert.equal(verified.status, 200, verified.text)
  assert.deepEqual(unhandled, [])
})
