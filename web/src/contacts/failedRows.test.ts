import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failedRows, rowsOf } from './failedRows.ts'

test('rows are read as the server counts them: quotes, other delimiters, line ends and empty rows', () => {
  assert.deepEqual(rowsOf('\uFEFFa;b\r\n"1;""x""\n";2\n\nc'), [
    ['a', 'b'],
    ['1;"x"\n', '2'],
    [''],
    ['c'],
  ])
})

test('a row that was not taken comes back as it stood, with its reason at the end', () => {
  const file = 'id,mail\nk-1,a@example.com\nk-2\n'
  const failures = 'row,column,reason\r\n3,mail,"Not an address, this."\r\n'
  assert.deepEqual(failedRows(file, failures, 'Reason'), [
    ['id', 'mail', 'Reason'],
    ['k-2', '', 'mail: Not an address, this.'],
  ])
})
