/** What one writes is published once, and never goes over what somebody else made without a word. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, changed, differing, resumed, type Template } from './drafts.ts'

const mine = { en: { subject: 'Mine' } }
const written = after(resumed(undefined, 1), { change: mine })
const template: Template = {
  ...{ id: 't', name: 'welcome', channel: 'email', version: 1, draft: null },
  ...{ created_at: '', updated_at: '', locale: 'en', variables: [] },
  ...{ subject: 'Old', html: '<p>old</p>', mjml: null, text: null },
  locales: { he: { subject: 'ישן' } },
}
const kept = (based_on: number) => ({
  ...{ based_on, revision: 1, locales: mine, updated_at: '' },
  ...{ saved_by: null, saved_by_name: null },
})

test('what is published is a draft no more, and the editor goes on', () => {
  const published = after(written, { published: mine, version: 2 })
  assert.deepEqual(published, { drafts: {}, base: 2, seen: 2, begun: written.begun })
  const overTheirs = after(written, { published: mine, version: 3 })
  assert.ok(overTheirs.begun > written.begun, 'it shows what somebody else wrote between')
})

test('what was written while it was being published stays, over what is published now', () => {
  const more = { en: { subject: 'Mine, and more' } }
  const published = after(after(written, { change: more }), { published: mine, version: 2 })
  assert.deepEqual([published.drafts, published.base, published.seen], [more, 2, 2])
})

test('a version of somebody else: a draft stays behind until one goes on with it', () => {
  const behind = after(written, { follow: 2 })
  assert.deepEqual([behind.drafts, behind.base, behind.seen], [mine, 1, 2])
  assert.equal(after(behind, { change: { en: { subject: 'More' } } }).base, 1)
  assert.deepEqual(after(behind, 'keepOver'), { ...behind, base: 2 })
  const dropped = after(behind, 'drop')
  assert.deepEqual([dropped.drafts, dropped.base], [{}, 2])
  assert.ok(dropped.begun > behind.begun, 'the editor shows theirs')
})

test('who has written nothing follows, and begins with the newest', () => {
  const followed = after(resumed(undefined, 1), { follow: 2 })
  assert.deepEqual(followed, { drafts: {}, base: 2, seen: 2, begun: 1 })
  assert.equal(after(followed, { change: mine }).base, 2)
})

test('a draft that was kept is still of the version that it was begun with', () => {
  const again = resumed(kept(1), 2)
  assert.deepEqual([again.drafts, again.base, again.seen], [mine, 1, 2])
})

test('what says the same as the version in use is no draft', () => {
  const drafts = changed({}, template, 'en', { subject: 'New', text: null })
  assert.deepEqual(drafts, { en: { subject: 'New' } })
  assert.deepEqual(changed(drafts, template, 'he', { subject: 'ישן' }), drafts)
  assert.deepEqual(changed(drafts, template, 'en', { subject: 'Old' }), {})
})

test('mine and theirs are compared as both would be published', () => {
  const theirs = { en: { html: '<p>new</p>' }, he: { subject: 'חדש' } }
  assert.deepEqual(
    differing(template, mine, theirs).map((each) => [each.locale, each.field, each.mine]),
    [
      ['en', 'subject', 'Mine'],
      ['en', 'html', '<p>old</p>'],
      ['he', 'subject', 'ישן'],
    ],
  )
})
