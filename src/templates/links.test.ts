import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEntities } from './entities.ts'
import { findHrefs, type LinkRules, refuseUnsafe } from './links.ts'
import { positionOf } from './templateError.ts'

/** The tracked links in source order. */
function findLinks(html: string, rules: LinkRules = {}) {
  const hrefs = findHrefs(html, rules)
  refuseUnsafe(hrefs, (offset) => positionOf(html, offset))
  return hrefs
    .filter(({ fate }) => fate.go === 'track')
    .map(({ start, end, source, dynamic, fate }, index) => ({
      ...{ index, start, end },
      template: decodeEntities(source),
      destination: dynamic || fate.go !== 'track' ? null : fate.url,
    }))
}

const tracked: readonly [html: string, template: string, destination: string | null][] = [
  ['<a href="https://x.test/a">', 'https://x.test/a', 'https://x.test/a'],
  [
    "<A class=x HREF='http://x.test/?a=1&amp;b=2'>",
    'http://x.test/?a=1&b=2',
    'http://x.test/?a=1&b=2',
  ],
  ['<a href=https://x.test/u>', 'https://x.test/u', 'https://x.test/u'],
  ['<a href=" https://x.test/a b ">', ' https://x.test/a b ', 'https://x.test/a%20b'],
  [
    '<a href="https://münchen.test/ü">',
    'https://münchen.test/ü',
    'https://xn--mnchen-3ya.test/%C3%BC',
  ],
  ['<a href="https://x.test/{{ id }}">', 'https://x.test/{{ id }}', null],
  ['<a href="https://x.test/{id}">', 'https://x.test/{id}', null],
  [
    '<a href="{{ url | default: "https://x.test" }}" title="t">',
    '{{ url | default: "https://x.test" }}',
    null,
  ],
  [
    '<a {% if a > b %}class="x"{% endif %} href="https://x.test/">',
    'https://x.test/',
    'https://x.test/',
  ],
  ['<area href="https://x.test/">', 'https://x.test/', 'https://x.test/'],
  [
    '<!--[if mso]><v:roundrect href="https://x.test/"><![endif]-->',
    'https://x.test/',
    'https://x.test/',
  ],
]
for (const [html, template, destination] of tracked) {
  test(`tracked: ${html}`, () => {
    const [link, ...others] = findLinks(html)
    assert.deepEqual(others, [])
    assert.deepEqual([link?.index, link?.template, link?.destination], [0, template, destination])
    assert.equal(html.slice(link?.start, link?.end).replaceAll('&amp;', '&'), template)
  })
}

const leftAlone: readonly string[] = [
  '<a href="mailto:ada@x.test">',
  '<a href="tel:+4930123">',
  '<a href="sms:+4930123">',
  '<a href="#top">',
  '<a href="">',
  '<a name="x">',
  '<a href="/relative">',
  '<a href="page.html?{{ x }}">',
  '<a href="https://x.test/" data-notrack>',
  '<a data-notrack="" href="{{ url }}">',
  '<a href="{{ unsubscribe_url }}">',
  '<a href="{unsubscribe_url}">',
  '<a href="{{ preferences_url | append: "?x" }}">',
  '<a href="https://10.0.0.5/">',
  '<a href="http://localhost:3000/">',
  '<a href="https://[::1]/">',
  '<a href="https://track.test/c/x">',
  '<a href="whatsapp://send?text={{ x }}">',
  '<link href="https://x.test/style.css">',
  '<img src="https://x.test/a.png">',
  '<!-- <a href="https://x.test/"> -->',
  '<style>a[href="<a href=https://x.test/>"]{}</style>',
  '<script>"<a href=https://x.test/>"</script>',
  '{% assign x = "<a href=https://x.test/>" %}',
]
for (const html of leftAlone) {
  test(`left alone: ${html}`, () => {
    assert.deepEqual(findLinks(html, { trackingOrigin: 'https://track.test' }), [])
  })
}

const refused: readonly string[] = [
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  ' \u0001javascript:alert(1)',
  'java\tscript:alert(1)',
  'java&#115;cript:alert(1)',
  'java&#x0000000000073;cript:alert(1)',
  'javascript&colon;alert(1)',
  'java&Tab;script:alert(1)',
  'javascript:{{ x }}',
  'data:text/html,<b>',
  'vbscript:x',
  'https://bank.test@evil.test/',
  'https://user:pass@x.test/',
  'https://x.test/a&#10;b',
]
for (const url of refused) {
  test(`refused, by name: ${url}`, () => {
    assert.throws(() => findLinks(`<p>\n<a href="${url}">`), {
      name: 'TemplateError',
      message: /^The link ".+" (may not|holds)/,
      line: 2,
      column: 10,
    })
  })
}

test('links are numbered in source order, each with its place', () => {
  const html =
    '<a href="https://a.test/">a</a><a href="mailto:x@x.test">m</a><a href="https://b.test/">b</a>'
  const links = findLinks(html)
  assert.deepEqual(
    links.map(({ index, destination }) => [index, destination]),
    [
      [0, 'https://a.test/'],
      [1, 'https://b.test/'],
    ],
  )
  for (const { start, end, template } of links) assert.equal(html.slice(start, end), template)
})
