import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { brokenJson } from '../../test/api/brokenJson.ts'
import { AppError } from '../errors.ts'
import { parseJson } from './body.ts'

function faultOf(text: string | Buffer): AppError {
  try {
    parseJson(Buffer.from(text))
  } catch (error) {
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'malformed')
    return error
  }
  throw new Error(`was taken: ${String(text).slice(0, 100)}`)
}

for (const text of brokenJson) {
  test(`${JSON.stringify(String(text)).slice(0, 60)} is malformed`, () => {
    assert.match(faultOf(text).message, /\.$|JSON|UTF-8/)
  })
}

/** Well-formed, but it would not mean what was sent. */
const changed: readonly [text: string, pointer: string][] = [
  ['{"a":1,"a":2}', '/a'],
  ['{"a":1,"\\u0061":2}', '/a'],
  ['{"b":[0,{"c":{"d":1,"e":2,"d":3}}]}', '/b/1/c/d'],
  ['[{"a":1},{"a":1,"b":"}","a":1}]', '/1/a'],
  ['{"x/y":{"~":1,"~":1}}', '/x~1y/~0'],
  ['{"":1,"":1}', '/'],
  ['{"a":":,{","a":1}', '/a'],
  ['{"a":1e400}', '/a'],
  ['{"a":[-1e999]}', '/a/0'],
  ['{"a":12345678901234567890}', '/a'],
  ['{"a":{"b":9007199254740993}}', '/a/b'],
  ['{"a":"\\u0000"}', '/a'],
  ['{"a\\u0000":1}', '/a\0'],
  ['{"a":"\\ud800"}', '/a'],
  ['{"a":["\\udc00\\ud800"]}', '/a/0'],
  ['{"\\uD83D":1}', '/\ud83d'],
  ['{"__proto__":1}', '/__proto__'],
  ['{"a":{"\\u005f_proto__":1}}', '/a/__proto__'],
]

for (const [text, pointer] of changed) {
  test(`${text.slice(0, 60)} is refused at ${JSON.stringify(pointer)}`, () => {
    assert.equal(faultOf(text).errors?.[0]?.pointer, pointer)
  })
}

test('numbers that keep their value are taken', () => {
  const text = '[0,-0,9007199254740991,1e21,1.5e300,0.1,123456789012.5,1E5,12345678901234567000]'
  assert.deepEqual(parseJson(Buffer.from(text)), JSON.parse(text))
})

for (const depth of [65, 10_000, 100_000]) {
  test(`${depth} levels are refused before they are parsed`, () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const text = open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth)
      assert.match(faultOf(text).message, /nested deeper than 64/)
    }
  })
}

test('64 levels, brackets in strings and escaped quotes are taken', () => {
  const deep = '['.repeat(64) + ']'.repeat(64)
  assert.deepEqual(parseJson(Buffer.from(deep)), JSON.parse(deep))
  const text = JSON.stringify({ a: '[[[['.repeat(1_000), b: '\\"[{', c: '\\' })
  assert.deepEqual(parseJson(Buffer.from(text)), JSON.parse(text))
})

test('long strings end at their own quote, however many are escaped before', () => {
  for (const length of [120, 127, 128, 129, 1_000]) {
    for (const end of ['', '\\', '"', '\\"', '"\\\\"{[:']) {
      const value = [{ a: 'x'.repeat(length) + end, b: { c: `${'\\'.repeat(length)}${end}` } }, 1]
      assert.deepEqual(parseJson(Buffer.from(JSON.stringify(value))), value)
    }
  }
})

test('more than 100,000 names are refused', () => {
  const many = Array.from({ length: 100_001 }, (_, at) => `"k${at}":1`).join(',')
  assert.match(faultOf(`{${many}}`).message, /more than 100000 names/)
})

test('whatever JSON can say otherwise is read as it was written', () => {
  const told = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' })
  fc.assert(
    fc.property(told, (value) => {
      const text = JSON.stringify(value)
      let read: unknown
      try {
        read = parseJson(Buffer.from(text))
      } catch (error) {
        assert.ok(error instanceof AppError)
        return // what is refused is told by the tests above
      }
      assert.deepEqual(read, JSON.parse(text))
    }),
    { numRuns: 2_000 },
  )
})

test('bytes of any kind are read or malformed, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        parseJson(Buffer.from(bytes))
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'malformed')
      }
    }),
    { numRuns: 2_000 },
  )
})

test('no body is no value', () => assert.equal(parseJson(Buffer.alloc(0)), undefined))
