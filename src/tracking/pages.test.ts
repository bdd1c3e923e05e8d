import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  maskAddress,
  notFoundPage,
  nothingPage,
  preferencesPage,
  resubscribedPage,
  unavailablePage,
  unsubscribedPage,
  unsubscribePage,
} from './pages.ts'

const facts = {
  locale: 'en-GB',
  workspaceName: 'Analytical Engines',
  brandColor: '#c2185b',
  nonce: 'n0nce',
  action: '/u/token',
  topic: 'Product news',
  address: maskAddress('ada@example.test'),
  preferencesUrl: '/preferences/token',
  unsubscribedFromAll: false,
  topics: [
    { id: 'news', name: 'News', description: 'Once a month', subscribed: true },
    { id: 'offers', name: 'Offers', subscribed: false },
  ],
}

const pages = {
  unsubscribePage,
  unsubscribedPage,
  resubscribedPage,
  preferencesPage,
  notFoundPage,
  nothingPage,
  unavailablePage,
}
type Facts =
  | typeof facts
  | (Omit<typeof facts, 'locale' | 'brandColor' | 'topic'> & {
      locale: string | null
      brandColor: string | null
      topic: string | null
    })
const all = (given: Facts) =>
  Object.entries(pages).map(([name, page]) => [name, page(given)] as const)

for (const [name, page] of all(facts)) {
  test(`${name} works without script, under a strict policy, with landmark, title and language`, () => {
    assert.match(page, /^<!doctype html>\n<html lang="en" dir="ltr">/)
    assert.equal(page.match(/<style nonce="n0nce">/g)?.length, 1)
    assert.doesNotMatch(page, /<script|\son\w+=|\sstyle=|javascript:|@import|url\(|https?:/)
    assert.equal(page.match(/<main /g)?.length, 1)
    assert.equal(page.match(/<h1 /g)?.length, 1)
    assert.match(page, /<title>[^<]+ · Analytical Engines<\/title>/)
    assert.match(page, /name="viewport"/)
    assert.match(page, /prefers-color-scheme:dark/)
    assert.doesNotMatch(page, /undefined|null|\[object|\{\w+\}(?!<)(?=[^{]*<\/p>)/)
    assert.ok(page.length < 10_000)
  })
}

for (const [name, page] of all({ ...facts, locale: 'he-IL' })) {
  test(`${name} in Hebrew reads from right to left and has no English left`, () => {
    assert.match(page, /<html lang="he" dir="rtl">/)
    const body = page
      .slice(page.indexOf('<h1'))
      .replaceAll(/<bdi>.*?<\/bdi>/g, '')
      .replaceAll(/<[^>]*>/g, '')
    assert.match(body, /[א-ת]{3}/)
    assert.doesNotMatch(body, /[a-z]{2}/i)
  })
}

test('the language comes from the locale, English where we have none', () => {
  const languageOf = (locale: string | null) =>
    /lang="(\w+)" dir="(\w+)"/.exec(unsubscribePage({ ...facts, locale }))
  for (const locale of ['he', 'he-IL', 'he_IL', 'iw', 'HE'])
    assert.equal(languageOf(locale)?.[2], 'rtl', locale)
  for (const locale of [null, '', 'en', 'de-AT', 'hex'])
    assert.equal(languageOf(locale)?.[1], 'en', `${locale}`)
})

test('the unsubscribe page has one form with one button, and says what will stop', () => {
  const page = unsubscribePage(facts)
  assert.equal(page.match(/<form method="post" action="\/u\/token">/g)?.length, 1)
  assert.equal(page.match(/<button/g)?.length, 1)
  assert.match(
    page,
    /no more emails about <bdi>Product news<\/bdi> from <bdi>Analytical Engines<\/bdi>/,
  )
  assert.match(unsubscribePage({ ...facts, topic: null }), /no more news and offers/)
})

test('the page afterwards offers the way back', () => {
  assert.match(unsubscribedPage(facts), /role="status"[\s\S]*value="resubscribe"/)
})

test('each topic is a labelled checkbox in its present state', () => {
  const page = preferencesPage(facts)
  assert.match(
    page,
    /id="topic-0" name="topic" value="news" checked aria-describedby="topic-0-about">/,
  )
  assert.match(page, /<label for="topic-0"><bdi>News<\/bdi>/)
  assert.match(page, /id="topic-1" name="topic" value="offers">/)
  assert.match(page, /value="save"[\s\S]*value="unsubscribe_all"/)
  assert.doesNotMatch(page, /Saved/)
  assert.match(preferencesPage({ ...facts, saved: true }), /role="status">Saved/)
  assert.match(
    preferencesPage({ ...facts, unsubscribedFromAll: true }),
    /unsubscribed from everything/,
  )
  assert.match(preferencesPage({ ...facts, topics: [] }), /no topics/)
})

test('whatever the texts hold, no element and no attribute comes of it', () => {
  const skeleton = (page: string) =>
    page.match(/<[a-z/!][^>]*>/g)?.map((tag) => /^<[/!]?\w+/.exec(tag)![0])
  const hostile = fc.oneof(
    fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '/',
        '=',
        '{name}',
        '{topic}',
        'script',
        '$&',
        ' ',
        'x',
      ),
    }),
    fc.constantFrom(
      '"><img src=x onerror=alert(1)>',
      '</title><script>',
      '{constructor}',
      '$1',
      '\u2028',
      '\0',
    ),
  )
  const texts = hostile.filter((text) => text !== '')
  fc.assert(
    fc.property(texts, texts, (one, two) => {
      const topics = [{ id: one, name: two, description: one, subscribed: true }]
      const made = all({
        ...facts,
        workspaceName: one,
        topic: two,
        action: two,
        address: one,
        nonce: one,
        preferencesUrl: two,
        topics,
      } as Facts)
      const plain = all({
        ...facts,
        workspaceName: 'x',
        topic: 'x',
        address: 'x',
        topics: [{ ...topics[0]!, id: 'x', name: 'x', description: 'x' }],
      } as Facts)
      for (const [i, [name, page]] of made.entries()) {
        assert.deepEqual(skeleton(page), skeleton(plain[i]![1]), name)
      }
    }),
    { numRuns: 300 },
  )
})

test('the brand colour is a colour or nothing, and its text is readable', () => {
  const css = (brandColor: string | null) => unsubscribePage({ ...facts, brandColor })
  assert.match(css('#ffeb3b'), /--brand:#ffeb3b;--on-brand:#000/)
  assert.match(css('#1A237E'), /--brand:#1A237E;--on-brand:#fff/)
  for (const wrong of [null, 'red', '#fff', '#12345', '#123456;}', '}</style>']) {
    assert.match(css(wrong), /--brand:#1f4fd8;/)
  }
})

test('addresses and numbers are masked', () => {
  assert.equal(maskAddress('ada@example.test'), 'a•••@example.test')
  assert.equal(maskAddress('a@b'), 'a•••@b')
  assert.equal(maskAddress('+972501234567'), '•••567')
})
