import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { textFromHtml } from './textFromHtml.ts'

const rows: readonly [what: string, html: string, text: string][] = [
  [
    'links are shown',
    '<p>See <a href="https://x.test/a?b=1&amp;c=2">this</a>.</p>',
    'See this <https://x.test/a?b=1&c=2>.',
  ],
  [
    'a link that is its own text is shown once',
    '<a href="https://x.test">https://x.test</a>',
    'https://x.test',
  ],
  ['headings keep their case', '<h1>Hello Ada</h1><p>x</p>', 'Hello Ada\n\nx'],
  ['images are what they say', '<img src="x.png" alt="Logo"><img src="y.png">', 'Logo'],
  [
    'the head is left out',
    '<html><head><title>T</title><style>a{}</style></head><body>B</body></html>',
    'B',
  ],
  ['lists are lists', '<ul><li>a</li><li>b</li></ul>', ' * a\n * b'],
  [
    'Liquid survives',
    '<p>{{ a | default: "<b>" }} {name} {% if x &gt; 1 %}y{% endif %}</p>',
    '{{ a | default: "<b>" }} {name} {% if x &gt; 1 %}y{% endif %}',
  ],
  [
    'also in links',
    '<a href="{{ url | append: "?a=1" }}">go</a>',
    'go <{{ url | append: "?a=1" }}>',
  ],
  ['Liquid in other attributes goes with them', '<p style="color:{{ c }}">x</p>', 'x'],
]
for (const [what, html, text] of rows) {
  test(`text from HTML: ${what}`, () => assert.equal(textFromHtml(html), text))
}

test('braces written as entities stay text', () => {
  const text = textFromHtml('<p>&#123;&#123; secret }} &#123;name} &#123;% if %} { x }</p>')
  assert.equal(
    compile(text, { escape: 'none' }).render({ secret: 1, name: 2 }),
    '{{ secret }} {name} {% if %} { x }',
  )
})

test('literal HTML becomes literal text', () => {
  assert.equal(textFromHtml('<p>{{ a }} {b} {% c</p>', true), '{{ a }} {b} {% c')
})

test('HTML nested beyond reason still becomes text', () => {
  assert.equal(textFromHtml(`${'<b>'.repeat(50_000)}deep`), 'deep')
})
