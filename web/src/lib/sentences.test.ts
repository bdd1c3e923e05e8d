import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import PO from 'pofile'
import { translator } from './sentences.ts'

const path = join(import.meta.dirname, '../../locales/he.server.po')
const items = PO.parse(readFileSync(path, 'utf8')).items
const hebrew = Object.fromEntries(items.map(({ msgid, msgstr }) => [msgid, msgstr[0] ?? '']))
const bare = (text: string) => text.replace(/[\u2066-\u2069]/g, '')

test('each sentence of the server is found again with values in it', () => {
  const translate = translator(hebrew)
  for (const [english, translation] of Object.entries(hebrew)) {
    const filled = (text: string) => text.replace(/\{(\d)\}/g, (_, place) => `smtp-${place}`)
    assert.equal(bare(translate(filled(english))), filled(translation), english)
  }
})

test('a sentence within a sentence is translated too, and a vendor’s words are not', () => {
  const translate = translator(hebrew)
  const told = bare(
    translate('Failed: Gave up after 9 attempts. Last: 451 4.7.0 Temporary server error'),
  )
  assert.equal(told, 'נכשלה: הפסקנו אחרי 9 ניסיונות. האחרון: 451 4.7.0 Temporary server error')
  assert.equal(translate('550 No such user here'), '550 No such user here')
})

test('signs of patterns are only signs, and long texts take no time', () => {
  const translate = translator({ 'Is {0} (so)? [{1}]': '{1} – {0}' })
  assert.equal(bare(translate('Is it (so)? [yes]')), 'yes – it')
  const long = `${'x '.repeat(5_000)}in time`
  assert.equal(translator(hebrew)(long), long)
})
