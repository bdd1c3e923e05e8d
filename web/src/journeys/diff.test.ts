import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesOf } from './diff.ts'
import type { Document } from './words.ts'

const before: Document = {
  name: 'welcome',
  trigger: { events: ['user.joined'] },
  steps: [
    { id: 'pause', type: 'wait', days: 1 },
    { id: 'remind', type: 'wait', days: 2 },
    { id: 'end', type: 'exit', reason: 'done' },
  ],
}
const [pause, remind, end] = before.steps

test('what is added, removed and changed is told by step, and where it leads is too', () => {
  assert(pause && remind && end)
  const after: Document = {
    ...before,
    title: 'Welcome',
    steps: [{ ...pause, days: 3 } as typeof pause, { id: 'other', type: 'wait', hours: 1 }, end],
  }
  const { steps, rules, begins } = changesOf(before, after)
  assert.equal(begins, false)
  assert.deepEqual(rules, [{ place: ['title'], before: undefined, after: 'Welcome' }])
  assert.deepEqual(
    steps.map(({ kind, step, differences }) => [kind, step.id, differences]),
    [
      [
        ...['changed', 'pause'],
        [
          { place: ['days'], before: 1, after: 3 },
          { place: ['next'], before: 'remind', after: 'other' },
        ],
      ],
      ['added', 'other', []],
      ['removed', 'remind', []],
    ],
  )
})

test('the same said in another way is no change; another first step is', () => {
  assert(pause && remind && end)
  const written = { ...before, steps: [{ ...pause, next: 'remind' } as typeof pause, remind, end] }
  assert.deepEqual(changesOf(before, written), { steps: [], rules: [], begins: false })
  assert.equal(changesOf(before, { ...before, steps: [remind, pause, end] }).begins, true)
})
