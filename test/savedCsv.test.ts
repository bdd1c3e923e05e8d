import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvCell } from '../src/lib/csv.ts'
import { csvFile } from '../web/src/lib/csv.ts'

const names = [
  ...['Sent', 'a,b', 'say "so"', ' led', 'trailed ', "'quoted", 'two\nlines', 'נשלחו', ''],
  ...['=cmd()', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\uFEFF=1', "'=1", '＝1', '；'],
]

test('a saved file holds no cell that a spreadsheet runs, as the server writes them', () => {
  for (const name of names) assert.equal(csvFile([[name]]), `\uFEFF${csvCell(name)}`)
})

test('numbers are numbers, also below zero', () => {
  const rows = [
    ['', 'Sent'],
    ['Monday', -3],
  ]
  assert.equal(csvFile(rows), '\uFEFF,Sent\r\nMonday,-3')
})
