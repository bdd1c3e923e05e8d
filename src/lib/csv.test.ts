import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../errors.ts'
import { type CsvRow, csvCell, csvLimits, csvLine, readCsv, unguardCell } from './csv.ts'

async function* chunksOf(data: string | Buffer, size = 7) {
  const bytes = Buffer.from(data)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(data: string | Buffer, size?: number): Promise<CsvRow[]> {
  return Array.fromAsync(readCsv(chunksOf(data, size)))
}

async function cellsOf(data: string | Buffer) {
  return (await readAll(data)).map((row) => (row.ok ? row.cells : row.fault))
}

function utf16be(text: string) {
  return Buffer.from(text, 'utf16le').swap16()
}

const formulas = [
  '=cmd()',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\ufeff=1',
  '  =1',
  '\u00a0@a',
  '＝1',
]

for (const value of formulas) {
  test(`the cell ${JSON.stringify(value)} is guarded, and comes back unchanged`, async () => {
    const cell = csvCell(value)
    assert.match(cell, /^"'/)
    assert.equal(unguardCell(`'${value}`), value)
    assert.deepEqual(await cellsOf(csvLine(['x', value])), [['x', value]])
  })
}

test('ordinary cells are left alone and special ones quoted as RFC 4180 says', () => {
  assert.equal(csvCell('Ada'), 'Ada')
  assert.equal(csvCell(''), '')
  assert.equal(csvCell("O'Neil"), "O'Neil")
  assert.equal(csvCell('a-b=c'), 'a-b=c')
  assert.equal(csvCell('a,b'), '"a,b"')
  assert.equal(csvCell('say "hi"'), '"say ""hi"""')
  assert.equal(csvCell('two\nlines'), '"two\nlines"')
  assert.equal(csvLine(['a', '', 'c;d']), 'a,,"c;d"\r\n')
})

test('whatever is written is read back the same', async () => {
  const edgy = fc.constantFrom(
    "'",
    '"',
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    ' ',
    ',',
    ';',
    '\ufeff',
    'א',
    'a',
  )
  const cell = fc.oneof(
    fc.string({ unit: edgy, maxLength: 6 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
      async (rows) => {
        const file = `name,email,note\r\n${rows.map(csvLine).join('')}`
        assert.deepEqual((await cellsOf(file)).slice(1), rows)
      },
    ),
    { numRuns: 300 },
  )
})

const encoded: [name: string, data: Buffer][] = [
  ['UTF-8', Buffer.from('שם,email\r\nעדה,a@x.test\r\n')],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffשם,email\r\nעדה,a@x.test\r\n')],
  ['UTF-16LE with a mark', Buffer.from('\ufeffשם,email\r\nעדה,a@x.test\r\n', 'utf16le')],
  ['UTF-16BE with a mark', utf16be('\ufeffשם,email\r\nעדה,a@x.test\r\n')],
  ['UTF-16LE without', Buffer.from('שם,email\r\nעדה,a@x.test\r\n', 'utf16le')],
  ['UTF-16BE without', utf16be('שם,email\r\nעדה,a@x.test\r\n')],
  ['semicolons', Buffer.from('שם;email\r\nעדה;a@x.test\r\n')],
  ['tabs in UTF-16', Buffer.from('\ufeffשם\temail\r\nעדה\ta@x.test\r\n', 'utf16le')],
  ['bare LF, no last line end', Buffer.from('שם,email\nעדה,a@x.test')],
]

for (const [name, data] of encoded) {
  test(`a file in ${name} is read`, async () => {
    assert.deepEqual(await cellsOf(data), [
      ['שם', 'email'],
      ['עדה', 'a@x.test'],
    ])
  })
}

test('delimiters inside quotes do not decide which one it is', async () => {
  assert.deepEqual(await cellsOf('"a,b,c,d";e\n1;2\n'), [
    ['a,b,c,d', 'e'],
    ['1', '2'],
  ])
})

test('rows are counted as a spreadsheet counts them, empty ones included', async () => {
  const rows = await readAll('a,b\n\n"x\ny",2\n\n3,4\n')
  assert.deepEqual(
    rows.map((row) => row.row),
    [1, 3, 5],
  )
})

test('a quote that is never closed is an error that names its row', async () => {
  await assert.rejects(readAll('a,b\n1,2\n3,"4\n5,6\n'), {
    code: 'invalid_input',
    message: /^Row 3: .*quote/,
  })
})

test('an unclosed quote in a large file is found early and in little memory', async () => {
  let read = 0
  async function* large() {
    yield Buffer.from('a,b\n1,"2\n')
    for (; read < 4000; read++) yield Buffer.from('3,4\n'.repeat(16_384))
  }
  await assert.rejects(Array.fromAsync(readCsv(large())), { message: /^Row 2: .*never closed/ })
  assert.ok(read < 100, `${read} chunks of 64 KB were read`)
})

test('an endless row of empty cells stops too', async () => {
  let read = 0
  async function* commas() {
    for (; read < 4000; read++) yield Buffer.alloc(65_536, ',')
  }
  await assert.rejects(Array.fromAsync(readCsv(commas())), { message: /^Row 1: / })
  assert.ok(read < 100, `${read} chunks of 64 KB were read`)
})

test('millions of empty rows leave the thread to others in between', async () => {
  let turns = 0
  let ticking = setImmediate(function tick() {
    turns++
    ticking = setImmediate(tick)
  })
  const chunks = 32
  assert.deepEqual(await readAll('\n'.repeat(chunks * 65_536), 10 * 1024 * 1024), [])
  clearImmediate(ticking)
  assert.ok(turns >= chunks, `${turns} turns of the event loop`)
})

test('rows over a limit are faults, and the rest is still read', async () => {
  const wide = Array.from({ length: 201 }, () => 'x').join(',')
  const rows = await readAll(`a,b\n${wide}\n1,${'y'.repeat(csvLimits.cellChars + 1)}\n1,2\n`, 9999)
  assert.deepEqual(
    rows.map((row) => row.ok),
    [true, false, false, true],
  )
  assert.match(rows[1]!.ok ? '' : rows[1]!.fault, /201 columns/)
  assert.match(rows[2]!.ok ? '' : rows[2]!.fault, /Column 2/)
})

test('too many rows, a workbook and a legacy encoding are refused in words', async () => {
  const few = readCsv(chunksOf('a\nb\nc\n'), { ...csvLimits, rows: 2 })
  await assert.rejects(Array.fromAsync(few), { message: /^Row 3: .*at most 2 rows/ })
  await assert.rejects(readAll('PK\x03\x04rest'), { message: /workbook/ })
  await assert.rejects(readAll(Buffer.from([0x61, 0x2c, 0xe9, 0xf9, 0x0a])), { message: /UTF-8/ })
})

test('an empty file has no rows', async () => {
  assert.deepEqual(await readAll(''), [])
})

test('random bytes give rows or an AppError, nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      await readAll(Buffer.from(bytes)).catch((error) =>
        assert.ok(error instanceof AppError, error),
      )
    }),
    { numRuns: 500 },
  )
})

test('closing the reader closes the source', async () => {
  const closed = Promise.withResolvers<void>()
  async function* source() {
    try {
      for (;;) yield Buffer.from('1,2\n'.repeat(20_000))
    } finally {
      closed.resolve()
    }
  }
  for await (const row of readCsv(source())) if (row.row === 5) break
  await closed.promise
})
