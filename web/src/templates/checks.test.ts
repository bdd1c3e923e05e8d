/** Before a mail is published its author is told what readers would stumble over. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checksOf } from './checks.ts'
import type { Text } from './drafts.ts'

const link = '<a href="{{ unsubscribe_url }}">out</a>'
const keys = (locale: string, text: Text) => checksOf(locale, text).map(({ key }) => key)

test('what is well is not spoken of', () => {
  assert.deepEqual(keys('en', { subject: 'Hi', html: `<img src="a" alt="">${link}` }), [])
  assert.deepEqual(keys('en', { subject: 'Hi', text: 'Out: {{ unsubscribe_url }}' }), [])
  assert.deepEqual(keys('en', { html: `<p dir="ltr">x</p>${link}` }), [])
})

test('each thing is named', () => {
  assert.deepEqual(keys('en', { html: `<img src="a">${link}` }), ['alt'])
  assert.deepEqual(keys('en', { mjml: `<mj-image src="a" />${link}` }), ['alt'])
  assert.deepEqual(keys('en', { html: '<p>x</p>' }), ['unsubscribe'])
  assert.deepEqual(keys('he', { html: `<p style="direction: ltr">x</p>${link}` }), ['direction'])
  assert.deepEqual(keys('en', { subject: 'x'.repeat(79), html: link }), ['subject'])
  const [long] = checksOf('en', { html: link + 'א'.repeat(60_000) })
  assert.deepEqual(long, { key: 'long', detail: '118' })
})
