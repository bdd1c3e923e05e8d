/** What one changes is never lost to what somebody else saves meanwhile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, begun, type History, isChanged, resumed, type Saved } from './draft.ts'

const saved = (version: number, name: string): Saved => ({
  version,
  document: { name, trigger: { events: ['user.joined'] }, steps: [] },
})
const first = saved(1, 'first')
const mine = saved(1, 'mine').document
const theirs = saved(2, 'theirs')
const changed = after(begun(first), { change: mine })

test('theirs taken is begun with anew; over theirs, mine goes on with all its steps back', () => {
  assert.deepEqual(after(changed, { take: theirs }), begun(theirs))
  const over = after(changed, { keepOver: theirs })
  assert.deepEqual([over.now, over.base.version, isChanged(over)], [mine, 2, true])
  assert.deepEqual(after(over, 'undo').now, first.document)
})

test('a draft that was kept is still of the version that it was begun with', () => {
  const again: History = resumed({ version: 1, document: mine }, theirs)
  assert.deepEqual([again.now, again.base.version, isChanged(again)], [mine, 1, true])
  assert.deepEqual(resumed(undefined, theirs), begun(theirs))
})
