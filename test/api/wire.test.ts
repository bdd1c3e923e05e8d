/**
 * What arrives over the wire and is not as it should be: bodies too large, coded, cut or
 * smuggled, heads too long or too slow. Each gets its answer, and the next request works.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { head, raw } from './raw.ts'

const MB = 1024 * 1024

const app = await startTestApp(await testDatabase())
const key = await app.keyFor('default')
const before = await app.rowCounts()

afterEach(async () => {
  const answer = await app.call('GET', '/contacts', undefined, key)
  assert.deepEqual([answer.status, answer.json.data], [200, []])
  assert.deepEqual(await app.rowCounts(), before)
})

const fields = [
  ['Host', 'beckon.test'],
  ['Authorization', key.authorization],
] as const
const json = ['Content-Type', 'application/json'] as const
const close = ['Connection', 'close'] as const

/** JSON of so many bytes, in parts. */
function* large(bytes: number): Iterable<Buffer> {
  yield Buffer.from('{"external_id":"')
  for (let sent = 0; sent < bytes; sent += MB) yield Buffer.alloc(MB, 'x')
  yield Buffer.from('"}')
}
const sizeOf = (bytes: number) => String(Math.ceil(bytes / MB) * MB + 18)

function* chunked(parts: Iterable<Buffer>): Iterable<Buffer | string> {
  for (const part of parts) {
    yield `${part.length.toString(16)}\r\n`
    yield part
    yield '\r\n'
  }
  yield '0\r\n\r\n'
}

for (const [path, bytes] of [
  ['/contacts', 2 * MB],
  ['/contacts', 11 * MB],
  ['/events', 11 * MB],
  ['/notifications', 11 * MB],
  ['/notifications/send', 11 * MB],
  ['/contacts/imports', 11 * MB],
  ['/inbound/messages', 11 * MB],
  ['/auth/login', 11 * MB],
] as const) {
  const type = {
    '/contacts/imports': 'text/csv',
    '/inbound/messages': 'message/rfc822',
  }[path as string]
  const typed = [...fields, ['Content-Type', type ?? 'application/json']] as const

  test(`${bytes / MB} MB, declared, for ${path} are too large, also for who writes all before reading`, async () => {
    const start = head('POST', path, [...typed, ['Content-Length', sizeOf(bytes)]])
    for (const readLate of [true, false])
      isTooLarge(await raw(app.port, [start, ...large(bytes)], { readLate }))
  })

  test(`${bytes / MB} MB in chunks for ${path} are too large, also for who writes all before reading`, async () => {
    const start = head('POST', path, [...typed, ['Transfer-Encoding', 'chunked']])
    for (const readLate of [true, false])
      isTooLarge(await raw(app.port, [start, ...chunked(large(bytes))], { readLate }))
  })
}

function isTooLarge({ status, head: fields_, body }: Awaited<ReturnType<typeof raw>>): void {
  assert.equal(status, 413, fields_)
  assert.match(fields_, /content-type: application\/problem\+json/i)
  assert.match(fields_, /connection: close/i)
  assert.equal(JSON.parse(body).code, 'too_large')
}

test('who reads is told at once, before the body is sent', async () => {
  const start = head('POST', '/contacts', [...fields, json, ['Content-Length', String(50 * MB)]])
  const socket = connect(app.port, '127.0.0.1')
  socket.write(start)
  const [first] = await once(socket, 'data')
  assert.match(String(first), /^HTTP\/1\.1 413 /)
  socket.destroy()
})

test('of 100 MB no more than 64 are read', async () => {
  const start = head('POST', '/contacts', [...fields, json, ['Content-Length', sizeOf(100 * MB)]])
  let sent = 0
  const counted = function* () {
    yield start
    for (const part of large(100 * MB)) {
      sent += part.length
      yield part
    }
  }
  isTooLarge(await raw(app.port, counted()))
  assert.ok(sent < 90 * MB, `${sent} bytes were taken`)
})

test('a refusal before the body was read reaches who writes all of it first', async () => {
  const anonymous = [fields[0], json, ['Content-Length', sizeOf(8 * MB)]] as const
  const refused = await raw(app.port, [head('POST', '/contacts', anonymous), ...large(8 * MB)], {
    readLate: true,
  })
  assert.equal(refused.status, 401)
  const lost = head('POST', '/nowhere', [...fields, json, ['Content-Length', sizeOf(8 * MB)]])
  const nowhere = await raw(app.port, [lost, ...large(8 * MB)], { readLate: true })
  assert.ok([404, 413].includes(nowhere.status))
})

test('a body that is coded is not read', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * MB, ' '))
  for (const coding of ['gzip', 'br', 'deflate', 'gzip, identity', 'x']) {
    const headers = { ...key, 'content-encoding': coding }
    const answer = await app.call('POST', '/contacts', bomb, headers)
    assert.equal(answer.status, 415, answer.text)
    assert.equal(answer.headers.get('accept-encoding'), 'identity')
  }
  const plain = { ...key, 'content-type': 'application/json' }
  assert.equal((await app.call('POST', '/contacts', bomb, plain)).status, 400)
})

const body = '{"external_id":"smuggled","name":5}'
const length = String(body.length)
const then = `GET /contacts/imports HTTP/1.1\r\nHost: x\r\n\r\n`

/** Two readers of these would disagree where the request ends (RFC 9112 §11.2). */
const smuggled: Readonly<Record<string, string>> = {
  'two lengths': head('POST', '/contacts', [
    ...fields,
    json,
    ['Content-Length', length],
    ['Content-Length', '3'],
  ]),
  'two lengths in one field': head('POST', '/contacts', [
    ...fields,
    json,
    ['Content-Length', `${length}, 3`],
  ]),
  'length and chunks': head('POST', '/contacts', [
    ...fields,
    json,
    ['Content-Length', '4'],
    ['Transfer-Encoding', 'chunked'],
  ]),
  'chunks and length': head('POST', '/contacts', [
    ...fields,
    json,
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '4'],
  ]),
  'an unknown coding': head('POST', '/contacts', [
    ...fields,
    json,
    ['Transfer-Encoding', 'xchunked'],
  ]),
  'chunked that is not last': head('POST', '/contacts', [
    ...fields,
    json,
    ['Transfer-Encoding', 'chunked, identity'],
  ]),
  'a negative length': head('POST', '/contacts', [...fields, json, ['Content-Length', '-1']]),
  'a length with a sign': head('POST', '/contacts', [
    ...fields,
    json,
    ['Content-Length', `+${length}`],
  ]),
  'a length in hex': head('POST', '/contacts', [...fields, json, ['Content-Length', '0x10']]),
  'a space before the colon': head('POST', '/contacts', [
    ...fields,
    json,
    ['Content-Length ', length],
  ]),
  'a folded field': head('POST', '/contacts', [
    ...fields,
    json,
    ['X-Folded', `a\r\n Content-Length: 3`],
    ['Content-Length', length],
  ]),
  'bare line feeds': head('POST', '/contacts', [
    ...fields,
    json,
    ['Content-Length', length],
  ]).replaceAll('\r\n', '\n'),
  'a NUL in a field': head('POST', '/contacts', [...fields, json, ['X-A', 'a\0b']]),
  'no host': head('POST', '/contacts', [fields[1], json, ['Content-Length', length]]),
  'two hosts': head('POST', '/contacts', [...fields, fields[0], json, ['Content-Length', length]]),
  'an unknown method': head('BREW', '/contacts', [...fields]),
  'another protocol': 'POST /contacts HTTP/2.0\r\n\r\n',
  'no protocol': 'GET /contacts\r\n\r\n',
  'no HTTP': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'a space in the address': head('GET', '/contacts HTTP/1.1 x', [...fields]),
}

for (const [name, start] of Object.entries(smuggled)) {
  test(`a request with ${name} is refused, and nothing behind it is read`, async () => {
    const { status, text } = await raw(app.port, [start, `${body}\r\n`, then])
    assert.ok(status === 400 || status === 505, `${status}: ${text.slice(0, 300)}`)
    assert.equal(text.match(/HTTP\/1\.1 /g)?.length, 1, text)
  })
}

for (const [name, chunks] of Object.entries({
  'a size that is no number': 'zz\r\n{}\r\n0\r\n\r\n',
  'a size that is too small': '1\r\n{}\r\n0\r\n\r\n',
  'a size beyond all numbers': 'fffffffffffffffff\r\n{}\r\n',
  'a bare line feed': '2\n{}\n0\n\n',
})) {
  test(`chunks with ${name} are malformed`, async () => {
    const start = head('POST', '/contacts', [...fields, json, ['Transfer-Encoding', 'chunked']])
    const { status, text } = await raw(app.port, [start, chunks, then])
    assert.equal(status, 400, text)
    assert.equal(text.match(/HTTP\/1\.1 /g)?.length, 1, text)
  })
}

test('a body that ends before its length is no request', async () => {
  const start = head('POST', '/contacts', [...fields, json, ['Content-Length', '100']])
  const socket = connect(app.port, '127.0.0.1')
  socket.end(`${start}{"external_id":"cut"}`)
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on('close', () => resolve()).on('error', () => {})
  socket.resume()
  await promise
})

test('a head of 64 KB is too large', async () => {
  for (const start of [
    head('GET', '/contacts', [...fields, ['X-Long', 'x'.repeat(64 * 1024)]]),
    head('GET', '/contacts', [
      ...fields,
      ...Array.from({ length: 3_000 }, () => ['X-A', 'a'] as const),
    ]),
    head('GET', `/contacts?q=${'x'.repeat(64 * 1024)}`, [...fields]),
  ]) {
    const { status, head: said, body: text } = await raw(app.port, [start])
    assert.equal(status, 431, said)
    assert.match(said, /problem\+json/)
    assert.equal(JSON.parse(text).status, 431)
    assert.match(said, /x-content-type-options: nosniff/)
  }
})

test('who is slow holds up nobody else', async () => {
  const begun = head('POST', '/contacts', [...fields, json, ['Content-Length', '1000']])
  const slow = Array.from({ length: 200 }, (_, at) => {
    const socket = connect(app.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(at % 2 === 0 ? begun.slice(0, 20) : `${begun}{"a`)
    return socket
  })
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => app.call('GET', '/contacts', undefined, key)),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  for (const socket of slow) socket.destroy()
})

const bad = '{"external_id":"typed","unknown":1}'
const right = [
  'application/json',
  'Application/JSON',
  'application/json;',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/json ; charset=utf-8',
  'application/json\t; charset=utf-8',
  'application/json;\tcharset=utf-8',
  'application/json; a=b; c="d;e"',
]
const wrong = [
  'application/jsonx',
  'application/json+x',
  'application/vnd.api+json',
  'text/json',
  'text/plain',
  'json',
  '/json',
  'application/',
  '*/*',
  'application/json, text/plain',
  'text/plain, application/json',
  'application/json text/plain',
  'application/json\ta',
  'application /json',
  'application/json/x',
  'a'.repeat(1_000),
]

test('however the type is written, the body is checked or not taken', async () => {
  for (const type of [...right, ...wrong]) {
    const start = head('POST', '/contacts', [
      ...fields,
      close,
      ['Content-Type', type],
      ['Content-Length', String(bad.length)],
    ])
    const { status, text } = await raw(app.port, [start, bad])
    assert.ok(status === 415 || (status === 422 && /"\/unknown"/.test(text)), `${type}: ${text}`)
    if (right.slice(0, 5).includes(type)) assert.equal(status, 422, type)
    if (wrong.includes(type)) assert.equal(status, 415, type)
  }
  const twice = head('POST', '/contacts', [
    ...fields,
    close,
    ['Content-Type', 'text/plain'],
    json,
    ['Content-Length', String(bad.length)],
  ])
  const { status } = await raw(app.port, [twice, bad])
  assert.ok(status === 415 || status === 422)
})

test('a body without a type is not taken', async () => {
  const start = head('POST', '/contacts', [
    ...fields,
    close,
    ['Content-Length', String(bad.length)],
  ])
  const { status, body: text } = await raw(app.port, [start, bad])
  assert.equal(status, 415)
  assert.equal(JSON.parse(text).code, 'unsupported_media_type')
})

test('a connection lives on after a body that was malformed', async () => {
  const start = head('POST', '/contacts', [...fields, json, ['Content-Length', '1']])
  const last = head('GET', '/health', [...fields, close])
  const { text } = await raw(app.port, [start, '{', last])
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ['400', '200'],
  )
})

test('a path that leads out of the files leads to none', async () => {
  for (const folder of ['/app/assets', '/api/docs/static'])
    for (const way of ['..', '%2e%2e', '..%2f..', '%2e%2e%5c..', '....//..', '.%00.']) {
      const path = `${folder}/${way}/${way}/package.json`
      const { status, text } = await raw(app.port, [head('GET', path, [...fields, close]), ''])
      assert.ok([400, 404].includes(status), `${path}: ${status} ${text.slice(0, 300)}`)
      assert.ok(!text.includes('"dependencies"'), path)
    }
})
