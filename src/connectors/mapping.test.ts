/** Lines of a mapping, and what they make of what another system has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mapped, mapping } from './mapping.ts'

const schema = mapping({ title: '', description: '', fields: [], initial: [] })
const line = (from: string, to: string) => ({ from, to, rule: 'theirs' as const })

test('what every object has in JavaScript is no field of another system', () => {
  const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty']
  const lines = names.map((name, at) => line(name, `traits.t${at}`))
  assert.deepEqual(mapped({ id: '1' }, [...lines, line('valueOf', 'name')]), {
    rules: Object.fromEntries(
      [...names.map((_, at) => `traits.t${at}`), 'name'].map((to) => [to, 'theirs']),
    ),
  })
})

test('a mapping leads to name, address and traits alone', () => {
  const leadsTo = (to: string) => schema.safeParse([line('a', to)]).success
  for (const to of ['name', 'email', 'phone', 'traits.plan', 'traits.עיר']) assert.ok(leadsTo(to))
  const others = ['id', 'workspace_id', 'external_id', 'consent', 'suppressed', 'merged_into']
  for (const to of [...others, 'traits.__proto__', 'traits.', 'traits.a.b', 'name\n'])
    assert.ok(!leadsTo(to), to)
})
