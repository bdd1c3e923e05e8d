import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingVariables, withDefaults } from './variables.ts'

const declared = [
  { name: 'customer_name', required: true },
  { name: 'agent_name', required: true, default: 'your agent' },
  { name: 'note', required: false, default: 'none' },
  { name: 'constructor', required: true },
]

test('required variables without value or default are missing', () => {
  assert.deepEqual(missingVariables(declared, {}), ['customer_name', 'constructor'])
  for (const nothing of [undefined, null, '']) {
    assert.deepEqual(missingVariables(declared, { customer_name: nothing, constructor: 1 }), [
      'customer_name',
    ])
  }
  assert.deepEqual(missingVariables(declared, { customer_name: 0, constructor: false }), [])
})

test('defaults stand in for what has no value, and what was given stays as it is', () => {
  const given = { customer_name: 'Ada', agent_name: '', other: 1 }
  assert.deepEqual(withDefaults(declared, given), {
    customer_name: 'Ada',
    agent_name: 'your agent',
    note: 'none',
    other: 1,
  })
  assert.equal(given.agent_name, '')
})
