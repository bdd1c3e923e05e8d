import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadReply, fieldOf, ReplyReader } from './readReply.ts'

const LIMIT = 1_000

interface Read {
  readonly status: number
  readonly headers: Record<string, string>
  readonly text: string
  /** Whether the connection may be used again. */
  readonly keepsOpen: boolean
}

/** Null: not whole. The other side closes when all is read. */
function readIn(text: string, pieceBytes: number): Read | null {
  const reader = new ReplyReader(LIMIT)
  const bytes = Buffer.from(text, 'latin1')
  let whole = false
  for (let at = 0; at < bytes.length && !whole; at += pieceBytes) {
    whole = reader.read(bytes.subarray(at, at + pieceBytes))
  }
  if (!whole && !reader.end()) return null
  const { status, fields, bytes: body } = reader.reply
  const names = fields.filter((_, at) => at % 2 === 0)
  const headers = Object.fromEntries(names.map((name) => [name, fieldOf(fields, name) ?? '']))
  return { status, headers, text: body.toString('latin1'), keepsOpen: reader.keepsOpen }
}

const plain = { status: 200, headers: {}, text: '', keepsOpen: true }

const replies: Record<string, [wire: string, expected: Read | null]> = {
  'a length': [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    { ...plain, headers: { 'content-length': '5' }, text: 'hello' },
  ],
  'a length of nothing': [
    'HTTP/1.1 202 \r\nContent-Length:0\r\n\r\n',
    { ...plain, status: 202, headers: { 'content-length': '0' } },
  ],
  'no words behind the status': ['HTTP/1.1 204\r\n\r\n', { ...plain, status: 204 }],
  '204, which has no body whatever it says': [
    'HTTP/1.1 204 No Content\r\nA: b\r\n\r\n',
    { ...plain, status: 204, headers: { a: 'b' } },
  ],
  'chunks with extensions and trailers': [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a="b"\r\nhel\r\n02\r\nlo\r\n0\r\nX: y\r\n\r\n',
    { ...plain, headers: { 'transfer-encoding': 'chunked' }, text: 'hello' },
  ],
  'no chunks': [
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, Chunked\r\n\r\n0\r\n\r\n',
    { ...plain, headers: { 'transfer-encoding': 'gzip, Chunked' } },
  ],
  'a body until the connection closes': [
    'HTTP/1.1 200 OK\r\n\r\nhello',
    { ...plain, text: 'hello', keepsOpen: false },
  ],
  'an answer that follows informational ones': [
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
    { ...plain, headers: { 'content-length': '1' }, text: 'x' },
  ],
  'a connection that ends with it': [
    'HTTP/1.1 204 No Content\r\nConnection: foo, Close\r\n\r\n',
    { ...plain, status: 204, headers: { connection: 'foo, Close' }, keepsOpen: false },
  ],
  'HTTP/1.0': [
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    { ...plain, headers: { 'content-length': '2' }, text: 'ok', keepsOpen: false },
  ],
  'headers with blanks, twice, and in Latin-1': [
    'HTTP/1.1 204 No\r\nA:\t b c \t\r\na: d\r\nE: \xe9\r\nF:\r\n\r\n',
    { ...plain, status: 204, headers: { a: 'b c, d', e: '\xe9', f: '' } },
  ],
  'half a body': ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', null],
  'half a chunk': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello', null],
  'no last chunk': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n', null],
  'half a head': ['HTTP/1.1 200 OK\r\nA: b\r\n', null],
  'only an informational answer': ['HTTP/1.1 100 Continue\r\n\r\n', null],
}
for (const [name, [wire, expected]] of Object.entries(replies)) {
  test(`${name}: read the same however it is cut`, () => {
    for (const bytes of [1, 2, 3, 7, 1_000]) assert.deepEqual(readIn(wire, bytes), expected)
  })
}

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const bad: Record<string, string> = {
  'another protocol': 'SSH-2.0-OpenSSH_9.6\r\n',
  'HTTP/2': 'HTTP/2 200 OK\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
  'a status of words': 'HTTP/1.1 OK\r\n\r\n',
  'another protocol that nobody asked for': 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
  'a length and chunks':
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a negative length': 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
  'a length in hexadecimal': 'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello',
  'a length beyond the limit': `HTTP/1.1 200 OK\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`,
  'a body beyond the limit': `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(LIMIT + 1)}`,
  'chunks beyond the limit': `${chunked}1\r\nx\r\n3e8\r\n`,
  'a chunk of more bytes than there are numbers': `${chunked}fffffffff\r\n`,
  'a negative chunk': `${chunked}-1\r\n`,
  'a chunk without a size': `${chunked}\r\n`,
  'a chunk longer than it says': `${chunked}1\r\nxy\r\n0\r\n\r\n`,
  'lines without CR': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n',
  'a chunk line without CR': `${chunked}1\nx\r\n`,
  'a line that goes on (obs-fold)': 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n',
  'a blank before the colon': 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello',
  'a header without a colon': 'HTTP/1.1 200 OK\r\nhello\r\nA: b\r\n\r\n',
  'a header without a name': 'HTTP/1.1 200 OK\r\n: b\r\n\r\n',
  'a NUL in a header': 'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n',
  'a CR in a header': 'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n',
  'a head without an end': `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(5_000)}`,
  'trailers without an end': `${chunked}0\r\n${'A: b\r\n'.repeat(5_000)}`,
  'a line of a chunk without an end': `${chunked}1;${'x'.repeat(20_000)}`,
  'more between the chunks than in them': `${chunked}${`1;${'x'.repeat(6_000)}\r\nx\r\n`.repeat(4)}`,
  'informational heads without an end': 'HTTP/1.1 100\r\n\r\n'.repeat(11),
}
for (const [name, wire] of Object.entries(bad)) {
  test(`${name} is no reply`, () => {
    for (const bytes of [1, 5, 65_536]) assert.throws(() => readIn(wire, bytes), BadReply)
  })
}

test('a body in small chunks keeps no more memory than its size', () => {
  const reader = new ReplyReader(LIMIT)
  reader.read(Buffer.from(chunked))
  for (let n = 0; n < 500; n++) reader.read(Buffer.from('1\r\nx\r\n'))
  assert.ok(reader.read(Buffer.from('0\r\n\r\n')))
  const { bytes } = reader.reply
  assert.equal(bytes.toString(), 'x'.repeat(500))
  assert.ok(bytes.buffer.byteLength <= 1_024)
})

test('what comes behind a whole reply is not another one', () => {
  const reader = new ReplyReader(LIMIT)
  assert.ok(reader.read(Buffer.from('HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n')))
  assert.equal(reader.keepsOpen, false)
})
