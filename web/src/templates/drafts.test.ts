/** What one writes is saved once, and never goes over what somebody else saved without a word. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, resumed } from './drafts.ts'

const mine = { '': { subject: 'Mine' } }
const written = after(resumed(undefined, 1), { change: mine })

test('what is saved is a draft no more, and the code’s editor goes on', () => {
  const saved = after(written, { saved: mine, version: 2 })
  assert.deepEqual(saved, { drafts: {}, base: 2, seen: 2, begun: written.begun })
  const overTheirs = after(written, { saved: mine, version: 3 })
  assert.ok(overTheirs.begun > written.begun, 'it shows what somebody else wrote between')
})

test('what was written while it was being saved stays, over what is saved now', () => {
  const more = { '': { subject: 'Mine, and more' } }
  const saved = after(after(written, { change: more }), { saved: mine, version: 2 })
  assert.deepEqual([saved.drafts, saved.base, saved.seen], [more, 2, 2])
})

test('a version of somebody else: a draft stays behind until one goes on with it', () => {
  const behind = after(written, { follow: 2 })
  assert.deepEqual([behind.drafts, behind.base, behind.seen], [mine, 1, 2])
  assert.equal(after(behind, { change: { '': { subject: 'More' } } }).base, 1)
  assert.deepEqual(after(behind, 'keepOver'), { ...behind, base: 2 })
  const dropped = after(behind, 'drop')
  assert.deepEqual([dropped.drafts, dropped.base], [{}, 2])
  assert.ok(dropped.begun > behind.begun, 'the code’s editor shows theirs')
})

test('who has written nothing follows, and begins with the newest', () => {
  const followed = after(resumed(undefined, 1), { follow: 2 })
  assert.deepEqual(followed, { drafts: {}, base: 2, seen: 2, begun: 1 })
  assert.equal(after(followed, { change: mine }).base, 2)
})

test('a draft that was kept by the tab is still of the version that it was begun with', () => {
  const again = resumed({ version: 1, drafts: mine }, 2)
  assert.deepEqual([again.drafts, again.base, again.seen], [mine, 1, 2])
})
