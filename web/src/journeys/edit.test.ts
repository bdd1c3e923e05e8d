/** Whatever is added, removed or moved, the other ways lead where they led. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copy, insert, move, newStep, remove, replace, waysOf } from './edit.ts'
import type { Document, Step } from './words.ts'

const wait = (id: string, next?: string | null): Step => ({
  ...{ id, type: 'wait', days: 1 },
  ...(next === undefined ? {} : { next }),
})
const branch: Step = {
  ...{ id: 'choose', type: 'branch' },
  cases: [{ when: { field: 'contact.email', is: 'exists' }, goto: 'c' }],
}
const journey = (...steps: Step[]): Document => ({
  ...{ name: 'one', trigger: { events: ['user.joined'] } },
  steps,
})
const ways = (document: Document) =>
  Object.fromEntries(document.steps.map(({ id }) => [id, waysOf(document, id).map(({ to }) => to)]))

test('a step on a way leads where the way led, and says nothing that goes without saying', () => {
  const before = journey(wait('a'), wait('b'))
  const after = insert(before, { from: 'a', slot: 'next' }, newStep(before, 'wait'))
  assert.deepEqual(after.steps, [wait('a'), wait('wait'), wait('b')])
})

test('a step can be put first', () => {
  const before = journey(wait('a'))
  const after = insert(before, { from: null, slot: 'next' }, newStep(before, 'wait'))
  assert.deepEqual(ways(after), { wait: ['a'], a: [null] })
})

test('a step on one case of a branch leaves the other alone', () => {
  const before = journey(branch, wait('b', null), wait('c'))
  const slot = 'cases/0/goto'
  const after = insert(before, { from: 'choose', slot }, newStep(before, 'wait'))
  assert.deepEqual(ways(after), { choose: ['wait', 'b'], wait: ['c'], b: [null], c: [null] })
})

test('a branch that is added has all its ways lead on', () => {
  const before = journey(wait('a'), wait('b'))
  const after = insert(before, { from: 'a', slot: 'next' }, newStep(before, 'branch'))
  assert.deepEqual(ways(after), { a: ['branch'], branch: ['b', 'b'], b: [null] })
})

test('what led to a removed step leads where it led, from wherever', () => {
  const before = journey(branch, wait('b', null), wait('c', 'd'), wait('x', null), wait('d'))
  assert.deepEqual(ways(remove(before, 'c')), {
    ...{ choose: ['d', 'b'], b: [null], x: [null], d: [null] },
  })
})

test('when the first step is removed, the one after it is first', () => {
  const before = journey(wait('a', 'c'), wait('b', null), wait('c', 'b'))
  const after = remove(before, 'a')
  assert.equal(after.steps[0]?.id, 'c')
  assert.deepEqual(ways(after), { c: ['b'], b: [null] })
})

test('a step that leads to itself can be removed, and the last one too', () => {
  assert.deepEqual(ways(remove(journey(wait('a'), wait('b', 'b')), 'b')), { a: [null] })
  assert.deepEqual(remove(journey(wait('a')), 'a').steps, [])
})

test('moving a step in a chain moves it in the way', () => {
  const before = journey(wait('a'), wait('b'), wait('c'), wait('d', 'b'))
  const after = move(before, 'c', -1)
  assert.deepEqual(ways(after), { a: ['c'], c: ['b'], b: ['d'], d: ['c'] })
  assert.deepEqual(ways(move(after, 'c', 1)), ways(before))
})

test('moving a step past a branch bends no way and makes no circle', () => {
  const before = journey(wait('a'), branch, wait('c'), wait('d'))
  assert.deepEqual(ways(move(before, 'c', -1)), ways(before))
  assert.deepEqual(ways(move(before, 'choose', 1)), ways(before))
  assert.deepEqual(ways(move(before, 'choose', -1)), ways(before))
  assert.deepEqual(move(move(before, 'choose', 1), 'choose', -1), before)
})

test('beyond the first and the last nothing moves', () => {
  const before = journey(wait('a'), wait('b'))
  assert.deepEqual(move(before, 'a', -1), before)
  assert.deepEqual(move(before, 'b', 1), before)
})

test('another id: those that lead to it follow', () => {
  const before = journey(branch, wait('b', 'c'), wait('x', null), wait('c'))
  const after = replace(before, 'c', wait('z'))
  assert.deepEqual(ways(after), { choose: ['z', 'b'], b: ['z'], x: [null], z: [null] })
})

test('a copy follows its step, under a name of its own, and leads where that led', () => {
  const before = journey(wait('a'), branch, wait('b'), wait('c'))
  const after = copy(before, 'a')
  assert.deepEqual(after.steps.slice(0, 2), [wait('a'), wait('a_2')])
  assert.deepEqual(
    { ...ways(after), a_2: undefined, a: undefined },
    { ...ways(before), a_2: undefined, a: undefined },
  )
  assert.deepEqual(ways(after)['a_2'], ways(before)['a'])
})
