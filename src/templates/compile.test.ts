import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Liquid } from 'liquidjs'
import { compile } from './compile.ts'
import { TemplateError } from './templateError.ts'

const data = {
  name: 'Ada <Lovelace>',
  empty_text: '',
  nothing: null,
  yes: true,
  no: false,
  count: 3,
  price: 1234.567,
  when: '2026-03-01T09:05:07Z',
  tags: ['b', 'a', 'c', 'a'],
  deep: { er: { est: "it's", list: [1, [2, 3]] } },
  people: [
    { name: 'Grace', age: 36, tags: ['x'] },
    { name: 'Ada', age: 28 },
  ],
}

/** One row per rule of the language; what LiquidJS prints is right. */
const table: readonly string[] = [
  'plain text with } and % and { alone',
  '{{ name }}{{name}}{{- name -}} x {{ name -}}  y',
  '{{ missing }}{{ nothing }}{{ missing.deep.er }}{{ yes }}{{ no }}{{ count }}',
  '{{ name | raw }} {{ name | upcase }} {{ name | escape }} {{ name | raw | upcase }}',
  '{{ deep.er.est }} {{ deep["er"].est }} {{ deep.er.list[1][0] }} {{ deep.er.list[-1] }}',
  '{{ tags }} {{ tags.size }} {{ tags.first }} {{ tags.last }} {{ deep.size }} {{ name.size }}',
  '{{ tags[count] }} {{ people[0][empty_text] }} {{ "abc".size }} {{ (1..3).last }}',
  '{{ missing | default: "none" }} {{ empty_text | default: name }} {{ no | default: 1, allow_false: true }}',
  '{{ "a-b" | split: "-" | join: "+" }} {{ tags | sort | uniq | join }} {{ tags | reverse | first }}',
  '{{ count | plus: 1 | times: 2 | minus: 3 | divided_by: 2 | modulo: 2 | abs | ceil }}',
  '{{ price | round }} {{ price | round: 1 }} {{ price | floor }} {{ "x" | plus: 1 }}',
  '{{ name | truncate: 5 }} {{ name | truncatewords: 1 }} {{ name | slice: 1, 3 }} {{ name | strip_html }}',
  '{{ name | url_encode }} {{ "a b" | replace: " ", "$&" }} {{ name | remove: "a" | append: "!" | prepend: "?" }}',
  '{{ people | map: "name" | join: ", " }} {{ people | where: "age", 28 | map: "name" }}',
  '{{ people | sort: "age" | map: "name" | concat: tags | json }}',
  '{{ " a\nb " | strip | newline_to_br }} {{ " x " | lstrip }}|{{ " x " | rstrip }}|{{ "a\nb" | strip_newlines }}',
  '{% if yes and count > 2 or missing %}A{% elsif no %}B{% else %}C{% endif %}',
  '{% if no or nothing %}A{% elsif name contains "Love" %}B{% endif %}{% if tags contains "c" %}C{% endif %}',
  '{% if empty_text == empty %}e{% endif %}{% if missing == nil %}n{% endif %}{% if " " == blank %}b{% endif %}{% if tags == empty %}x{% endif %}',
  '{% if not yes %}A{% else %}B{% endif %}{% unless no %}C{% elsif yes %}D{% else %}E{% endunless %}',
  '{% if count >= 3 and count <= 3 and count != 4 and "a" < "b" %}yes{% endif %}{% if count == "3" %}no{% endif %}',
  '{% case count %}{% when 1, 2 %}few{% when 3 or 4 %}some{% else %}many{% endcase %}',
  '{% case name %}junk{% when "x" %}x{% else %}other{% endcase %}{% case count %}{% when 3 %}a{% when 3 %}b{% endcase %}',
  '{% for tag in tags %}{{ forloop.index }}/{{ forloop.length }}{{ tag }}{% unless forloop.last %},{% endunless %}{% endfor %}',
  '{% for tag in tags limit: 2 offset: 1 reversed %}{{ tag }}{{ forloop.first }}{{ forloop.rindex0 }}{% endfor %}',
  '{% for i in (1..count) %}{% for j in (i..count) %}{{ i }}{{ j }}{{ forloop.index0 }} {% endfor %}{% endfor %}',
  '{% for x in missing %}{% else %}none{% endfor %}{% for x in name %}{{ x }}{% endfor %}{% for p in deep.er %}{{ p[0] }}{% endfor %}',
  '{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% elsif i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}after',
  '{% assign a = name | upcase %}{{ a }}{% for a in tags %}{% assign a = 9 %}{{ a }}{% endfor %}{{ a }}',
  '{% capture c %}<{{ name }}>{% endcapture %}{{ c }}{{ c | raw }}',
  '{% comment %}{{ name }} {% if %}{% endcomment %}x{% # inline %}y{%- # trim -%} z',
  '{% raw %}{{ name }} {% if %}{% endraw %} {{ name }}',
  '{% if yes -%}\n  a  \n{%- endif %}  b {%- assign z = 1 -%}  {{ z }}',
  '{{ "quoted }} brace" }}{{ \'single\' }}{{ "es\\"caped" }}{{ 1.5 }}{{ -2 }}{{ true }}{{ nil }}{{ empty }}',
  '{{ __proto__ }}{{ constructor }}{{ name.constructor.name }}{{ tags.prototype }}{{ tags.map }}',
  '{{ when | date: "%Y-%m-%d %H:%M:%S" }} {{ when | date: "%-d. %B %y" }} {{ "junk" | date: "%Y" }}',
]

for (const mode of ['html', 'none'] as const) {
  for (const source of table) {
    test(`compiled for ${mode}, this prints what LiquidJS prints: ${source}`, () => {
      const compiled = compile(source, { escape: mode })
      assert.equal(compiled.kind, 'inline')
      assert.equal(compiled.render(data), reference(source, data, mode))
    })
  }
}

function reference(source: string, variables: object, mode: 'html' | 'none'): string {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    timezoneOffset: 0,
    locale: 'en-US',
    ...(mode === 'html' ? { outputEscape: 'escape' as const } : {}),
  })
  return String(liquid.parseAndRenderSync(source, variables))
}

/** What is printed, or that it fails: both must agree on both. */
function outcome(render: () => string): string {
  try {
    return `ok ${render()}`
  } catch {
    return 'error'
  }
}

const path = fc.constantFrom(
  'a',
  'b.c',
  'xs',
  'xs[0]',
  'xs.size',
  'o',
  'o["k"]',
  'b',
  'i',
  'xs[n]',
  'n',
)
const literal = fc.constantFrom(
  '"t"',
  "'<&>'",
  '3',
  '-1.5',
  'true',
  'nil',
  'empty',
  'blank',
  '(1..3)',
)
const operand = fc.oneof(path, literal)
const filter = fc.oneof(
  fc
    .constantFrom(
      'upcase downcase capitalize size first last reverse uniq sort join escape escape_once strip'.split(
        ' ',
      ),
    )
    .chain((names) => fc.constantFrom(...names)),
  fc
    .tuple(
      fc.constantFrom(
        'append',
        'prepend',
        'default',
        'plus',
        'minus',
        'times',
        'split',
        'join',
        'remove',
        'truncate',
        'slice',
        'concat',
        'map',
        'round',
        'modulo',
        'replace_first',
      ),
      operand,
    )
    .map(([name, arg]) => (name === 'replace_first' ? `${name}: "a", ${arg}` : `${name}: ${arg}`)),
)
const value = fc
  .tuple(operand, fc.array(filter, { maxLength: 3 }))
  .map((parts) => parts.flat().join(' | '))
const dash = fc.constantFrom('', '-')
const condition = fc
  .array(fc.tuple(operand, fc.constantFrom('==', '!=', '<', '>=', 'contains'), operand), {
    minLength: 1,
    maxLength: 3,
  })
  .map((tests) => tests.map((test) => test.join(' ')).join(' or '))

const { template } = fc.letrec<{ template: string; node: string }>((tie) => ({
  template: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(' text ', '\n', '<b>', '& " \'', '} % {'),
    fc.tuple(dash, value, dash).map(([left, code, right]) => `{{${left} ${code} ${right}}}`),
    fc
      .tuple(fc.constantFrom('a', 'i', 'z'), value)
      .map(([name, code]) => `{% assign ${name} = ${code} %}`),
    fc
      .tuple(condition, tie('template'), tie('template'), dash)
      .map(
        ([test, then, otherwise, trim]) =>
          `{% if ${test} ${trim}%}${then}{% else %}${otherwise}{%${trim} endif %}`,
      ),
    fc
      .tuple(operand, tie('template'), fc.constantFrom('', ' limit: 2', ' offset: n', ' reversed'))
      .map(
        ([list, body, extra]) =>
          `{% for i in ${list}${extra} %}${body}{{ forloop.index }}{% else %}-{% endfor %}`,
      ),
    fc
      .tuple(operand, operand, tie('template'))
      .map(
        ([subject, match, body]) =>
          `{% case ${subject} %}{% when ${match} %}${body}{% else %}e{% endcase %}`,
      ),
  ),
}))

const scalar = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.integer({ min: -5, max: 5 }),
  fc.boolean(),
  fc.constant(null),
)
const plain = { noNullPrototype: true }
const variables = fc.record(
  {
    a: scalar,
    b: fc.record({ c: scalar }, plain),
    xs: fc.array(scalar, { maxLength: 4 }),
    o: fc.record({ k: scalar }, plain),
    n: fc.integer({ min: 0, max: 3 }),
    i: scalar,
  },
  { requiredKeys: [], noNullPrototype: true },
)

test('any template of the inline subset renders as LiquidJS renders it, with any data', () => {
  fc.assert(
    fc.property(template, variables, fc.constantFrom('html', 'none'), (source, given, mode) => {
      const ours = outcome(() => compile(source, { escape: mode }).render(given))
      assert.equal(
        ours,
        outcome(() => reference(source, given, mode)),
        source,
      )
    }),
    { numRuns: 500 },
  )
})

test('a template that uses the rest of Liquid is for the sandbox and cannot render by itself', () => {
  for (const source of [
    '{% tablerow x in xs %}{{ x }}{% endtablerow %}',
    '{% cycle 1, 2 %}',
    '{{ x | sha256 }}',
    '{{ [name] }}',
    '{% liquid\necho x %}',
    '{% for x in xs offset: continue %}{% endfor %}',
  ]) {
    const compiled = compile(source, { escape: 'html' })
    assert.equal(compiled.kind, 'sandbox', source)
    assert.throws(() => compiled.render({}), TemplateError)
  }
})

test('the names a template needs from outside are listed, and no others', () => {
  const source =
    '{name} {{ user.first }} {% assign mine = other | append: suffix %}{{ mine }}{% for x in list %}{{ x }}{{ forloop.index }}{% endfor %}{% if flag %}{{ "name" }}{% endif %}'
  assert.deepEqual([...compile(source, { escape: 'none' }).variables].sort(), [
    'flag',
    'list',
    'name',
    'other',
    'suffix',
    'user',
  ])
})

test('functions, inherited properties and the names of prototypes print nothing', () => {
  const variables = JSON.parse(
    '{"o":{"__proto__":"a","constructor":"b","prototype":"c"},"__proto__":"d"}',
  )
  variables.f = () => 'called'
  variables.inherited = Object.create({ secret: 'e' })
  const source =
    '{{ o.__proto__ }}{{ o.constructor }}{{ o["prototype"] }}{{ __proto__ }}{{ f }}{{ o.toString }}{{ inherited.secret }}{{ toString }}'
  assert.equal(compile(source, { escape: 'none' }).render(variables), '')
})

const faults: readonly [source: string, message: RegExp, line: number, column: number][] = [
  ['a\n{{ x | nope }}', /undefined filter: nope/, 2, 1],
  ['{a} {bc}\n {c} {% foo %}', /tag "foo" not found/, 2, 6],
  ['{% if x %}', /not closed/, 1, 1],
  ['x {{ y', /not closed/, 1, 3],
  ['{% include "a" %}', /tag "include" not found/, 1, 1],
  ['{% render "a" %}', /tag "render" not found/, 1, 1],
  ['{% layout "a" %}', /tag "layout" not found/, 1, 1],
  ['{{ | upcase }}', /invalid value expression/, 1, 4],
  ['{% for x of y %}{% endfor %}', /illegal tag/, 1, 1],
  ['{% constructor %}{% __proto__ %}', /not found/, 1, 1],
  ['{{ x | constructor }}', /undefined filter/, 1, 1],
]
for (const [source, message, line, column] of faults) {
  test(`a fault is named with its place: ${JSON.stringify(source)}`, () => {
    assert.throws(
      () => compile(source, { escape: 'none' }),
      (error) => {
        assert.ok(error instanceof TemplateError)
        assert.match(error.message, message)
        assert.deepEqual([error.line, error.column], [line, column])
        return true
      },
    )
  })
}

test('what fails while rendering is named with its place in the source', () => {
  const compiled = compile('{a}\n{{ b | url_encode }}', { escape: 'none' })
  assert.throws(() => compiled.render({ b: '\ud800' }), {
    name: 'TemplateError',
    line: 2,
    column: 1,
  })
})
