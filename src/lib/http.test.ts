import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type LookupFunction } from 'node:net'
import { test } from 'node:test'
import { faultyWorld } from '../../test/fakes/faultyWorld.ts'
import { type Behaviour, refusedUrl } from '../../test/fakes/startFaultServer.ts'
import { Misconfigured, Retryable, Unanswered } from '../errors.ts'
import { createHttp } from './http.ts'

const { server, http } = await faultyWorld()

test('sends json and reads json', async () => {
  const body = '{"id":7}'
  const url = await server.define('json', {
    do: 'reply',
    status: 201,
    headers: { 'X-A': 'b' },
    body,
  })
  const reply = await http.send({ method: 'POST', url: `${url}/x?y=1`, json: { a: 'שלום' } })
  assert.equal(reply.status, 201)
  assert.equal(reply.headers['x-a'], 'b')
  assert.deepEqual(reply.body, { id: 7 })
  assert.equal(reply.text, body)
  const [got] = await server.received('json')
  assert.equal(got?.url, '/json/x?y=1')
  assert.equal(got?.body, '{"a":"שלום"}')
  assert.equal(got?.headers['content-type'], 'application/json')
  assert.equal(got?.headers['accept-encoding'], 'identity')
})

test('sends forms and raw bodies, and keeps the content type it is given', async () => {
  const url = await server.define('form', { do: 'reply', status: 200, body: 'ok' })
  const form = { To: '+972501234567', Body: 'a&b' }
  assert.equal((await http.send({ method: 'POST', url, form })).body, undefined)
  const headers = { 'content-type': 'text/csv' }
  await http.send({ method: 'PUT', url, headers, body: Buffer.from('a,b') })
  await http.send({ method: 'DELETE', url })
  const [first, second, third] = await server.received('form')
  assert.equal(first?.body, 'To=%2B972501234567&Body=a%26b')
  assert.equal(first?.headers['content-type'], 'application/x-www-form-urlencoded')
  assert.deepEqual([second?.body, second?.headers['content-type']], ['a,b', 'text/csv'])
  assert.deepEqual([third?.method, third?.body], ['DELETE', ''])
})

const unansweredBy: Record<string, Behaviour> = {
  'a server that never answers': { do: 'hang' },
  'a connection cut after the request was written': { do: 'cut' },
  'half a reply': { do: 'half' },
  'another protocol': { do: 'garbage' },
  'a reply that drips for ever': { do: 'drip' },
  'a reply of 2 GB': { do: 'endless', bytes: 2 ** 31 },
  'a reply that announces 2 GB': {
    do: 'reply',
    status: 200,
    headers: { 'content-length': '2147483648' },
  },
}
for (const [name, behaviour] of Object.entries(unansweredBy)) {
  test(`${name} leaves the request unanswered`, async () => {
    const url = await server.define('fault', behaviour)
    const timeoutSeconds = behaviour.do === 'hang' || behaviour.do === 'drip' ? 0.2 : 10
    await assert.rejects(http.send({ method: 'POST', url, json: {}, timeoutSeconds }), Unanswered)
    assert.equal((await server.received('fault')).length, 1)
  })
}

test('a reused connection that is cut is unanswered too', async () => {
  const url = await server.define('reused', { do: 'reply', status: 200 })
  await http.send({ method: 'POST', url, json: {} })
  await server.define('reused', { do: 'cut' })
  await assert.rejects(http.send({ method: 'POST', url, json: {} }), Unanswered)
})

test('a large reply costs little memory', async () => {
  const url = await server.define('large', { do: 'endless', bytes: 2 ** 31 })
  const before = process.memoryUsage.rss()
  for (let i = 0; i < 20; i++) await assert.rejects(http.send({ method: 'GET', url }), Unanswered)
  assert.ok(process.memoryUsage.rss() - before < 100 * 2 ** 20)
})

test('a refused connection can be tried again', async () => {
  await assert.rejects(http.send({ method: 'POST', url: await refusedUrl(), json: {} }), Retryable)
})

test('an unknown name can be tried again', async () => {
  const lookup: LookupFunction = (_name, _options, callback) =>
    callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '')
  const lost = createHttp({ guard: false, lookup })
  const send = lost.send({ method: 'GET', url: 'http://nowhere.example.com/' })
  await assert.rejects(send, (error) => error instanceof Retryable && error.code === 'ENOTFOUND')
  await lost.close()
})

test('TLS that fails can be tried again, for nothing was sent', async () => {
  const plain = createServer((socket) => socket.end('no TLS here\r\n')).listen(0, '127.0.0.1')
  await once(plain, 'listening')
  const address = plain.address()
  const port = address && typeof address === 'object' ? address.port : 0
  await assert.rejects(http.send({ method: 'GET', url: `https://127.0.0.1:${port}/` }), Retryable)
  plain.close()
})

test('a handshake that never ends can be tried again', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const hasty = createHttp({ guard: false, connectTimeoutSeconds: 0.2 })
  await assert.rejects(hasty.send({ method: 'GET', url: `https://127.0.0.1:${port}/` }), Retryable)
  await hasty.close()
  silent.close()
})

test('a request that waited for a connection in vain was not sent', async () => {
  const url = await server.define('full', { do: 'hang' })
  const full = createHttp({ guard: false, timeoutSeconds: 2 })
  const sends = Array.from({ length: 60 }, () => full.send({ method: 'GET', url }))
  const outcomes = await Promise.allSettled(sends)
  const families = outcomes.map((one) => one.status === 'rejected' && one.reason.name)
  assert.equal(families.filter((name) => name === 'Unanswered').length, 50)
  assert.equal(families.filter((name) => name === 'Retryable').length, 10)
  assert.equal((await server.received('full')).length, 50)
  await full.close()
})

test('what cannot be a request is a wrong setting, and no secret is told', async () => {
  const url = await server.define('wrong', { do: 'reply', status: 200 })
  const broken = { authorization: 'Bearer a\r\nb' }
  await assert.rejects(http.send({ method: 'GET', url, headers: broken }), Misconfigured)
  await assert.rejects(http.send({ method: 'GET', url: 'nonsense' }), Misconfigured)
  const refused = `${await refusedUrl()}/hidden-token?sig=hidden-sig`
  await assert.rejects(
    http.send({ method: 'GET', url: refused }),
    (error) => error instanceof Error && !/hidden/.test(error.message),
  )
})

test('a packed reply is not unpacked', async () => {
  const url = await server.define('gzip', { do: 'gzip', body: `{"a":"${' '.repeat(10_000_000)}"}` })
  const reply = await http.send({ method: 'GET', url })
  assert.equal(reply.body, undefined)
  assert.ok(reply.text.length < 65_537)
})

test('text ends at 64 KB, JSON does not', async () => {
  const body = JSON.stringify({ long: 'x'.repeat(100_000) })
  const url = await server.define('long', { do: 'reply', status: 200, body })
  const reply = await http.send({ method: 'GET', url })
  assert.equal(reply.text.length, 65_536)
  assert.deepEqual(reply.body, JSON.parse(body))
})
