/** Values for fast-check to send: such as a JSON Schema asks for, and such as it does not. */
import fc, { type Arbitrary } from 'fast-check'
import type { Schema } from './describe.ts'

type Resolve = (schema: Schema) => Schema

const nasty = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\u0001', "'; drop table contacts; --", '../../etc/passwd', '%00', '\r\nX-A: b'],
    ...['{{ 7 | times: 7 }}', '{% for a in (1..9999) %}{% endfor %}', '<script>', '\u202e', '𝕬'],
    ...['__proto__', 'constructor', 'null', '-1', '1e308', '2026-02-30', '*', 'é'.normalize('NFD')],
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 40, unit: 'grapheme' }),
  fc
    .string({ maxLength: 40, unit: 'binary' })
    .map((text) => text.toWellFormed().replaceAll('\0', '')),
)

/** Anything that JSON can say. */
export const anything: Arbitrary<unknown> = fc.oneof(
  nasty,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(null, true, false, [], {}, [[]], Number.MAX_SAFE_INTEGER, -0),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Names of what is being described just now: some schemas hold themselves. */
const open: string[] = []
const MAX_DEPTH = 2

/** Mostly what the schema asks for; now and then something else. `ids` are tried where ids belong. */
export function like(schema: Schema, resolve: Resolve, ids: readonly string[]): Arbitrary<unknown> {
  const name: unknown = schema?.$ref
  if (typeof name === 'string' && open.filter((each) => each === name).length === MAX_DEPTH)
    return anything
  if (typeof name === 'string') open.push(name)
  const right = exactly(resolve(schema), resolve, ids)
  if (typeof name === 'string') open.pop()
  return fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: anything, weight: 1 })
}

function exactly(schema: Schema, resolve: Resolve, ids: readonly string[]): Arbitrary<unknown> {
  if (!schema || typeof schema !== 'object') return anything
  const branches = schema.anyOf ?? schema.oneOf
  if (branches) return fc.oneof(...branches.map((each: Schema) => like(each, resolve, ids)))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if ('const' in schema) return fc.constant(schema.const)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object') return object(schema, resolve, ids)
  if (type === 'array') {
    const maxLength = Math.min(schema.maxItems ?? 4, 4)
    return fc.array(like(schema.items ?? {}, resolve, ids), { maxLength })
  }
  if (type === 'string') return text(schema, ids)
  if (type === 'integer' || type === 'number') return number(schema)
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  return anything
}

function object(schema: Schema, resolve: Resolve, ids: readonly string[]): Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, inner]) => [
      name,
      like(inner, resolve, ids),
    ]),
  )
  const known = fc.record(fields, { requiredKeys: schema.required ?? [] })
  if (!schema.additionalProperties) return known
  const more = fc.dictionary(nasty, like(schema.additionalProperties, resolve, ids), { maxKeys: 3 })
  return fc.tuple(known, more).map(([one, other]) => ({ ...other, ...one }))
}

function text(schema: Schema, ids: readonly string[]): Arbitrary<string> {
  if (schema.format === 'uuid') return fc.oneof(fc.constantFrom(...ids), fc.uuid())
  if (schema.format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('9999-12-31') })
      .map((date) => date.toISOString())
  if (schema.format === 'uri') return fc.webUrl()
  if (schema.format === 'email') return fc.emailAddress()
  const plausible = fc.constantFrom(
    ...['email', 'sms', 'en', 'he-IL', 'UTC', 'IL', 'Ada', 'ada@example.com', '+972521234567', '1'],
    ...ids,
  )
  return fc.oneof({ arbitrary: plausible, weight: 3 }, { arbitrary: nasty, weight: 2 })
}

function number({ minimum, maximum, exclusiveMinimum }: Schema): Arbitrary<number> {
  const min = minimum ?? exclusiveMinimum ?? -1_000
  return fc.oneof(
    fc.integer({ min: Math.ceil(min), max: Math.min(maximum ?? min + 2_000, 2 ** 31) }),
    fc.constantFrom(min, maximum ?? 0, 0, -1, 1.5, 2 ** 53 - 1),
  )
}
