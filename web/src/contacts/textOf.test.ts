import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headersOf } from './headersOf.ts'
import { textOf } from './textOf.ts'

const text = 'name\tעיר\r\nעדה\tחיפה\r\n'

test('the columns of a file are found in UTF-8 and UTF-16, with a byte order mark and without', () => {
  for (const mark of ['', '\ufeff']) {
    const little = Buffer.from(mark + text, 'utf16le')
    for (const bytes of [Buffer.from(mark + text), little, Buffer.from(little).swap16()])
      assert.deepEqual(headersOf(textOf(bytes)), ['name', 'עיר'])
  }
})

test('a file in another encoding is still shown; the server is who refuses it', () => {
  assert.deepEqual(headersOf(textOf(Buffer.from('ville,\xe9tat\n', 'latin1'))), [
    'ville',
    '\ufffdtat',
  ])
})
