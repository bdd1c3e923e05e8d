/** The visual editor gives back what it was given, and keeps its hands off what it does not know. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JSONContent } from '@tiptap/core'
import fc from 'fast-check'
import { readVisual } from './frame.ts'

const types = (source: string) => readVisual(source)?.nodes.map(({ type }) => type)
const rewritten = (source: string, change: (nodes: JSONContent[]) => void) => {
  const visual = readVisual(source)!
  const nodes = structuredClone(visual.nodes) as JSONContent[]
  change(nodes)
  return visual.write(nodes)
}

const letter = `<!doctype html>
<html><head><style>p { color: red }</style></head>
<body bgcolor="#fff">
  <!-- hidden -->
  <div style="max-width:600px">
    <h1 style="margin:0">Hello  {{ contact.name | default: "you" }}</h1>

    <p class=x>One &amp; <b>two <i>three</i></b><br/>four {code}</p>
    <table><tr><td>kept</td><td>as is</td></tr></table>
    {% if vip %}<p>For you</p>{% endif %}
    <ul><li>One</li>
        <li>Two <a href='https://x.test/?a=1&b={{ id }}' style="color:#123">there</a></li></ul>
    <hr><img src="https://x.test/a.png" alt="A" width="10">
  </div>
</body></html>`

test('what nobody changed is given back letter by letter, and what is not known is kept', () => {
  const visual = readVisual(letter)!
  assert.equal(visual.write(visual.nodes), letter)
  assert.deepEqual(types(letter), [
    ...['heading', 'paragraph', 'kept', 'kept', 'bulletList', 'horizontalRule', 'paragraph'],
  ])
})

test('blocks that look alike keep each their own letters', () => {
  const source = '<p>a</p>\n<p>a </p>\n<p>b</p>\n<p>\n  a</p>'
  const visual = readVisual(source)!
  assert.equal(visual.write(visual.nodes), source)
  const changed = rewritten(source, (nodes) => {
    nodes[2]!.content![0]!.text = 'c'
  })
  assert.equal(changed, source.replace('b', 'c'))
})

test('only the block that was changed is written anew', () => {
  const changed = rewritten(letter, (nodes) => {
    nodes[1]!.content![0]!.text = 'Uno & '
  })
  const expected = letter.replace(
    '<p class=x>One &amp; <b>two <i>three</i></b><br/>four {code}</p>',
    '<p class=x>Uno &amp; <b>two <i>three</i></b><br>four {code}</p>',
  )
  assert.equal(changed, expected)
})

test('a block that is added, moved or removed leaves the others as they are', () => {
  const added = {
    type: 'paragraph',
    attrs: { tag: 'p', kept: '' },
    content: [{ type: 'text', text: 'New' }],
  }
  assert.equal(
    rewritten(letter, (nodes) => nodes.splice(2, 0, added)),
    letter.replace('    <table>', '\n    <p>New</p>\n    <table>'),
  )
  assert.match(
    rewritten(letter, (nodes) => nodes.splice(0, 1)),
    /<div style="max-width:600px">\s+<p class=x>One &amp; <b>two/,
  )
})

test('one column of a layout is opened; several, MJML and what is not closed are left to the code', () => {
  const column = '<table width="600"><tr><td class="c"><p>Text</p></td></tr></table>'
  assert.deepEqual(types(column), ['paragraph'])
  const none = [
    '<table><tr><td>a</td><td>b</td></tr></table>',
    '<mjml><mj-body></mj-body></mjml>',
    '<p>a<p>b',
    '<p>a</div>',
    '{% if a %}<p>x</p>{% else %}<p>y</p>{% endif %}',
  ]
  for (const source of none) assert.equal(types(source), undefined, source)
})

test('what would be lost keeps its block as it is', () => {
  const lossy = [
    '<p><b></b>x</p>',
    '<p>a<!-- b -->c</p>',
    '<p style="white-space:pre">a  b</p>',
    '<p>&unknown;</p>',
    '<p><a name="top">x</a></p>',
    '<p>a<button>b</button></p>',
    '<p>{% if x %}<b>{% endif %}a</b></p>',
  ]
  for (const source of lossy) {
    const all = `<p>ok</p>${source}`
    assert.deepEqual(types(all), ['paragraph', 'kept'], source)
    assert.equal(
      rewritten(all, (nodes) => {
        nodes[0]!.content![0]!.text = 'changed'
      }),
      `<p>changed</p>${source}`,
    )
  }
})

test('braces that somebody writes are text, also half a variable', () => {
  const written = (text: string) =>
    rewritten('<p>a</p>', (nodes) => {
      nodes[0]!.content![0]!.text = text
    })
  assert.equal(written('{{ x'), '<p>&#123;{ x</p>')
  assert.equal(written('{a} {% if'), '<p>&#123;a} &#123;% if</p>')
  assert.equal(written('{ a }'), '<p>{ a }</p>')
  assert.equal(readVisual('<p>&#123;{ x }}</p>')?.nodes[0]?.content?.[0]?.text, '{{ x }}')
})

test('text without a block, an empty text and two lines of it', () => {
  assert.deepEqual(types('Hello <b>you</b> {{ name }}'), ['paragraph'])
  assert.deepEqual(types(''), [])
  const bare = (text: string) => ({
    ...{ type: 'paragraph', attrs: { tag: '', kept: '' } },
    content: [{ type: 'text', text }],
  })
  assert.equal(readVisual('')!.write([bare('a < b')]), 'a &lt; b')
  assert.equal(readVisual('a')!.write([bare('a'), bare('b')]), '<p>a</p>\n<p>b</p>')
})

test('what never ends is left to the code, and is no work', () => {
  const source = '<p>{% raw %}<script>{{ x }}</script>{% endraw %}</p>'
  assert.deepEqual(types(`<p>a</p>${source}`), ['paragraph', 'paragraph'])
  const many = (text: string) => readVisual(`<p>a</p>${text.repeat(50_000)}`)
  for (const text of ['<div>', '<style>', '<!--', '{% raw %}', '<i>x'])
    assert.equal(many(text), undefined)
  const deep = `${'<div>'.repeat(5_000)}a${'</div>'.repeat(5_000)}`
  assert.equal(readVisual(deep), undefined)
  for (const text of ['{{ a ', '{% if '])
    assert.equal(readVisual(`<p>${text.repeat(50_000)}</p>`)?.nodes.length, 1)
})

test('whatever is written is read again as it was', () => {
  const text = fc.stringMatching(/^[a-z&<>א-ת"' }\u00a0]{1,12}$/)
  const inline = fc.oneof(
    text.map((each) => each.replaceAll('&', '&amp;').replaceAll('<', '&lt;')),
    text.map((each) => `<b>${each.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}x</b>`),
    fc.constantFrom(
      ...['<br>', '{ x', '{b}'],
      '{{ a }}',
      '<a href="{{ u }}">go <i>on</i></a>',
      '<span class="s">s</span>',
    ),
  )
  const line = fc.array(inline, { maxLength: 5 }).map((parts) => parts.join(''))
  const block = fc.oneof(
    line.map((each) => `<p>${each}</p>`),
    line.map((each) => `<h2 id="h">${each}</h2>`),
    line.map((each) => `<ul><li>${each}</li><li><p>${each}</p></li></ul>`),
    line.map((each) => `<div><p>${each}</p>${each}</div>`),
  )
  fc.assert(
    fc.property(fc.array(block, { maxLength: 4 }), (blocks) => {
      const source = `<p>.</p>${blocks.join('\n')}`
      const visual = readVisual(source)!
      assert.equal(visual.write(visual.nodes), source)
      const forced = readVisual(
        visual.write([...visual.nodes.map((node) => structuredClone(node))]),
      )!
      assert.deepEqual(forced.nodes, visual.nodes)
    }),
    { numRuns: 300 },
  )
})
