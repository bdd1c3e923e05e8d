import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadHeader, writeRequest } from './writeRequest.ts'

const to = { host: 'example.com:81', path: '/a?b' }

test('a request says how long it is', () => {
  const { head, body, latin1 } = writeRequest('POST', to, { a: 'b' }, 'שלום')
  const lines = ['POST /a?b HTTP/1.1', 'host: example.com:81', 'a: b', 'content-length: 8']
  assert.equal(head, [...lines, 'connection: keep-alive', '', ''].join('\r\n'))
  assert.deepEqual([body, latin1], ['שלום', false])
})

test('nothing to send is said where something is expected, and nowhere else', () => {
  const says = (method: string) => writeRequest(method, to, {}, null).head.includes('length')
  assert.deepEqual(['GET', 'DELETE', 'POST', 'PUT', 'PATCH'].map(says), [
    ...[false, false],
    ...[true, true, true],
  ])
})

test('a length that a caller counted is not believed', () => {
  const { head } = writeRequest('POST', to, { 'Content-Length': '1', Host: 'other' }, 'abc')
  assert.match(head, /\r\nhost: other\r\ncontent-length: 3\r\n/)
  assert.doesNotMatch(head, /example/)
})

test('no header ends its line, and none is about the connection', () => {
  for (const value of ['a\r\nb: c', 'a\nb', 'a\rb', 'a\0', 'שלום', '\x7f']) {
    assert.throws(() => writeRequest('GET', to, { 'x-a': value }, null), BadHeader)
  }
  const about = ['Transfer-Encoding', 'connection', 'upgrade', 'expect', 'keep-alive']
  for (const name of ['a b', 'a:', 'a\r\n', '', ...about]) {
    assert.throws(() => writeRequest('GET', to, { [name]: 'x' }, null), BadHeader)
  }
})

test('Latin-1 in a header is told, since it is not to be written as UTF-8', () => {
  assert.equal(writeRequest('GET', to, { 'x-a': 'é' }, null).latin1, true)
})
