import assert from 'node:assert/strict'
import { test } from 'node:test'
import { directionOf, localeChain, wrapDirection } from './locale.ts'

test('a locale falls back to its language, then to the default', () => {
  assert.deepEqual(localeChain('es-AR', 'en'), ['es-AR', 'es', 'en'])
  assert.deepEqual(localeChain('en', 'en-GB'), ['en', 'en-GB'])
  assert.deepEqual(localeChain('zh_hant_tw', 'pt-BR'), [
    'zh-Hant-TW',
    'zh-Hant',
    'zh',
    'pt-BR',
    'pt',
  ])
  assert.deepEqual(localeChain(null, 'de'), ['de'])
  assert.deepEqual(localeChain('not a locale!', 'de'), ['de'])
})

test('direction follows the script', () => {
  for (const locale of [
    'he',
    'ar',
    'ar-EG',
    'fa',
    'ur',
    'yi',
    'ckb',
    'ps',
    'sd',
    'ug',
    'dv',
    'az-Arab',
    'he_IL',
  ]) {
    assert.equal(directionOf(locale), 'rtl', locale)
  }
  for (const locale of ['en', 'de', 'az', 'ar-Latn', 'ja', 'xx', '', '???']) {
    assert.equal(directionOf(locale), 'ltr', locale)
  }
})

test('language and direction are said on html and body, without touching what is there', () => {
  const rows: readonly [html: string, expected: string][] = [
    [
      '<html><body>x</body></html>',
      '<html lang="he" dir="rtl"><body lang="he" dir="rtl">x</body></html>',
    ],
    [
      '<HTML lang="en"><BODY DIR=ltr class="{{ a > b }}">',
      '<HTML dir="rtl" lang="en"><BODY lang="he" DIR=ltr class="{{ a > b }}">',
    ],
    ['<p>x</p>', '<div lang="he" dir="rtl"><p>x</p></div>'],
  ]
  for (const [html, expected] of rows) assert.equal(wrapDirection(html, 'he'), expected)
  assert.equal(wrapDirection('<p>', 'no such locale'), '<p>')
})
