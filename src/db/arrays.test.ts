import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { plainArray, textArray } from './arrays.ts'

const { db } = await testDatabase()

test('texts arrive as they are, whatever is in them', async () => {
  const odd = ['', 'NULL', '"', '\\', '{a,b}', 'a"b\\"c', ' x ', 'שלום', '{"a":"\\u00e9\n"}', "'"]
  const texts = [...odd, null, 'a']
  const rows = await db.engine<{ text: string | null }[]>`
    select unnest(${textArray(texts)}::text[]) as text
  `
  assert.deepEqual(
    rows.map((row) => row.text),
    texts,
  )
})

test('ids, numbers and times arrive as they are', async () => {
  const id = '0190b5a0-0000-7000-8000-000000000001'
  const at = new Date('2026-02-28T23:59:59.999Z')
  const rows = await db.engine<{ id: string; n: number; at: Date; flag: boolean }[]>`
    select *
    from unnest(
      ${plainArray([id, null])}::uuid[], ${plainArray([-2, null])}::int[], ${plainArray([at, null])}::timestamptz[]
      
    ) as u (id, n, at)
  `
  const nothing = { id: null, n: null, at: null }
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [{ id, n: -2, at }, nothing],
  )
})

test('nothing is an empty array', async () => {
  const [row] = await db.engine<{ n: number }[]>`
    select cardinality(${plainArray([])}::uuid[]) + cardinality(${textArray([])}::text[]) as n
  `
  assert.equal(row?.n, 0)
})
