import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { prepareHtml } from './prepareHtml.ts'
import { closeSandbox } from './sandbox.ts'

after(closeSandbox)

test('rules move into the elements, media queries stay, Liquid is untouched', async () => {
  const html = `<html><head><style>p{color:red} .x{font-weight:bold} @media (max-width:600px){p{color:blue}}</style></head><body>
<p class="x {{ cls }}" {% if a > b %}title="<{{ t | default: "q" }}>"{% endif %}>{name} {{ a | append: "<b>" }}</p>
<table>{% for r in rows %}<tr><td style="width:{{ r.w }}px">{{ r }}</td></tr>{% endfor %}</table></body></html>`
  const { html: prepared, warnings } = await prepareHtml(html)
  assert.deepEqual(warnings, [])
  assert.match(
    prepared,
    /<p class="x \{\{ cls \}\}" [\s\S]*style="color: red; font-weight: bold;">\{name\} \{\{ a \| append: "<b>" \}\}/,
  )
  assert.match(prepared, /@media \(max-width:600px\)/)
  const liquid = (text: string) => text.match(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{name\}/g)
  assert.deepEqual(liquid(prepared), liquid(html))
})

test('HTML without a style element stays as it was, to the letter', async () => {
  const html = "<P Class='a'>&nbsp;{{ x }}<br/></p>"
  assert.deepEqual(await prepareHtml(html), { html, warnings: [] })
})

test('a style element that holds Liquid stays where it is', async () => {
  const html =
    '<style>p{color:{{ color }}} {foo}</style><style>b{color:red}</style><p>x</p><b>y</b>'
  const { html: prepared } = await prepareHtml(html)
  assert.equal(
    prepared,
    '<style>p{color:{{ color }}} {foo}</style><p>x</p><b style="color: red;">y</b>',
  )
})

test('where Liquid would be lost the HTML stays as it was, with a warning', async () => {
  const html = '<style>p{color:red}</style><p style="{{ style }}">x</p>'
  const prepared = await prepareHtml(html)
  assert.equal(prepared.html, html)
  assert.equal(prepared.warnings.length, 1)
})
