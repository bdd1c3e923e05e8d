/** What is sent of an edited contact. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesOf } from './contactChanges.ts'

test('only touched fields are sent; what was emptied is null', () => {
  assert.deepEqual(changesOf({}, {}), {})
  assert.deepEqual(changesOf({}, { name: ' Noa ', locale: undefined, time_zone: '  ', tags: [] }), {
    ...{ name: 'Noa', locale: null, time_zone: null, tags: [] },
  })
})

test('of traits those that changed are sent, and null for those that were seen and taken out', () => {
  const before = { city: 'Haifa', plan: { name: 'pro', seats: 2 }, age: 3 }
  const traits = { city: 'Haifa', plan: { seats: 3, name: 'pro' }, constructor: 'x' }
  assert.deepEqual(changesOf(before, { traits }), {
    traits: { age: null, plan: { seats: 3, name: 'pro' }, constructor: 'x' },
  })
  assert.deepEqual(changesOf({ city: 'Haifa' }, { traits: undefined }), { traits: { city: null } })
})

test('what is no object goes as it is, for the API to say what is wrong with it', () => {
  assert.deepEqual(changesOf({ city: 'Haifa' }, { traits: [1] }), { traits: [1] })
})
