/**
 * What was published against template engines, tried
 * here. Each attack must print nothing of ours and end within its limits; the
 * test file as a whole ending is what shows that none runs away.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { compile } from './compile.ts'
import { MAX_OUTPUT, MAX_TAGS } from './limits.ts'
import { protect } from './protect.ts'
import { closeSandbox, renderInSandbox } from './sandbox.ts'
import { TemplateError } from './templateError.ts'

after(closeSandbox)

const canary = 'canary-in-the-process'
const variables = { name: 'Ada', list: [1, 2, 3], user: { email: 'ada@x.test' } }

const escapes: readonly string[] = [
  '{{ constructor }}',
  '{{ constructor.constructor }}',
  '{{ name.constructor.constructor }}',
  '{{ "".constructor.constructor }}',
  '{{ list.constructor }}',
  '{{ list.map }}',
  '{{ list["constructor"]["constructor"] }}',
  '{{ list.__proto__ }}',
  '{{ user.__proto__.constructor }}',
  '{{ user["__proto__"] }}',
  '{{ user.prototype }}',
  '{{ __proto__.constructor }}',
  '{{ user.__defineGetter__ }}',
  '{{ user.__lookupGetter__ }}',
  '{{ user.hasOwnProperty }}',
  '{{ user.toString }}',
  '{{ user.valueOf }}',
  '{{ user.isPrototypeOf }}',
  '{{ toString }}',
  '{{ valueOf }}',
  '{{ env }}',
  '{{ env.PATH }}',
  '{{ process }}',
  '{{ process.env.PATH }}',
  '{{ process.mainModule }}',
  '{{ global }}',
  '{{ globalThis.process }}',
  '{{ this }}',
  '{{ self }}',
  '{{ require }}',
  '{{ module.exports }}',
  '{{ arguments }}',
  '{{ context.opts.fs }}',
  '{{ liquid.options }}',
  '{{ forloop.constructor }}',
  '{% for x in constructor %}{{ x }}{% endfor %}',
  '{% for x in user.__proto__ %}{{ x }}{% endfor %}',
  '{% for x in list %}{{ forloop.__proto__ }}{{ forloop.next }}{% endfor %}',
  '{% assign __proto__ = user %}{{ polluted }}{{ email }}',
  '{% assign constructor = name %}{{ user.constructor }}',
  '{% capture __proto__ %}x{% endcapture %}{{ polluted }}',
  '{{ list | map: "constructor" | join }}',
  '{{ list | map: "__proto__" | map: "constructor" | join }}',
  '{{ list | where: "constructor" | join }}',
  '{{ user | map: "__proto__" | join }}',
]
for (const source of escapes) {
  test(`nothing escapes by ${source}`, async () => {
    process.title = canary
    const inline = compile(source, { escape: 'none' }).render(variables)
    assert.equal(inline.trim(), '')
    const sandboxed = await renderInSandbox(source, variables, { escape: 'none' })
    assert.equal(sandboxed.trim(), '')
    assert.equal('polluted' in {}, false)
  })
}

const refused: readonly string[] = [
  '{% include "/etc/passwd" %}',
  '{% include "../../../../etc/passwd" %}',
  '{% include name %}',
  '{% render "/proc/self/environ" %}',
  '{% render "package.json" %}',
  '{% layout "/etc/hosts" %}',
  '{% layout none %}',
  '{% block a %}{% endblock %}',
  '{% liquid\ninclude "x"\n%}',
  '{% if true %}{% include "x" %}{% endif %}',
  '{% tablerow i in list %}{% render "x" %}{% endtablerow %}',
  '{% constructor %}',
  '{% __proto__ %}',
  '{% toString %}',
  '{{ name | constructor }}',
  '{{ name | __proto__ }}',
  '{{ name | toString }}',
  '{{ name | valueOf }}',
  '{{ name | hasOwnProperty }}',
  '{{ name | exec: "id" }}',
  '{{ name | system }}',
]
for (const source of refused) {
  test(`refused when compiled and in the sandbox: ${source}`, async () => {
    assert.throws(() => compile(source, { escape: 'html' }), TemplateError)
    await assert.rejects(renderInSandbox(source, variables, { escape: 'html' }), TemplateError)
  })
}

test('a worker has no environment, and not ours', async () => {
  const all = '{{ env | json }}{{ process | json }}{{ title | json }}'
  const output = await renderInSandbox(all, {}, { escape: 'none' })
  assert.doesNotMatch(output, new RegExp(`PATH|${canary}`))
})

const big = 'a'.repeat(1_000_000)
const nested = (depth: number) => '{% if a %}'.repeat(depth) + '{% endif %}'.repeat(depth)

/** Sources that no one may even save. */
const tooMuch: readonly [what: string, source: string][] = [
  ['5,000 blocks in each other', nested(5_000)],
  ['300,000 tags', '{% x %}'.repeat(75_000)],
  ['more outputs than tags are allowed', '{{a}}'.repeat(MAX_TAGS + 1)],
  ['more single braces than that', '{a}'.repeat(MAX_TAGS + 1)],
  ['a source of a megabyte', big],
  ['a million lines of liquid', `{% liquid\n${'echo a\n'.repeat(3_000)}%}`],
  ['deep nesting hidden in liquid', `{% liquid\n${'if a\n'.repeat(150)}${'endif\n'.repeat(150)}%}`],
  ['50,000 operands', `{{ ${'a and '.repeat(50_000)}a }}`],
  ['50,000 filters', `{{ a ${'| upcase '.repeat(50_000)}}}`],
  ['50,000 path segments', `{{ a${'.b'.repeat(50_000)} }}`],
  ['100,000 brackets', `{{ ${'a['.repeat(100_000)} }}`],
  ['100,000 ranges', `{% for i in ${'(1..'.repeat(100_000)} %}{% endfor %}`],
  [
    'an inline comment of 100,000 lines (quadratic in LiquidJS)',
    `{% # ${'\n'.repeat(100_000)}# x %}`,
  ],
  ['an output that never ends', `{{ ${'"'.repeat(400_001)}`],
  ['tags that never end', '{% '.repeat(150_000)],
  ['raw that never ends', `{% raw %}${'{% endraw '.repeat(40_000)}`],
  [
    '100,000 tags in a comment (quadratic in LiquidJS)',
    `{% comment %}${'{%a%}'.repeat(100_000)}{% endcomment %}`,
  ],
  ['comments that never end', '{% comment %}'.repeat(39_000)],
]
for (const [what, source] of tooMuch) {
  test(`not compiled: ${what}`, () => {
    assert.throws(() => compile(source, { escape: 'html' }), TemplateError)
  })
}

/** Sources that look harmless until they run. */
const bombs: readonly [what: string, source: string][] = [
  ['an empty loop of a hundred million turns', '{% for i in (1..100000000) %}{% endfor %}'],
  [
    'loops in loops',
    '{% for i in (1..9999) %}{% for j in (1..9999) %}{% for k in (1..9999) %}{% endfor %}{% endfor %}{% endfor %}',
  ],
  ['a loop that prints', '{% for i in (1..9000) %}{{ big }}{% endfor %}'],
  [
    'doubling by append',
    `{% assign a = "aaaaaaaaaa" %}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}`,
  ],
  [
    'doubling by concat',
    `{% assign a = "a,b" | split: "," %}${'{% assign a = a | concat: a %}'.repeat(40)}`,
  ],
  [
    'doubling by capture',
    `{% assign a = big %}${'{% capture a %}{{ a }}{{ a }}{% endcapture %}'.repeat(30)}`,
  ],
  [
    'doubling by replace',
    `{% assign a = "aaaa" %}${'{% assign a = a | replace: "a", "aaaa" %}'.repeat(20)}`,
  ],
  ['doubling by join', `{% assign a = big | split: "" | join: big %}{{ a }}`],
  ['a date field a billion wide', '{{ "now" | date: "%999999999d" }}'],
  [
    'a date format with a thousand wide fields',
    `{{ "now" | date: "${'%9999999N'.repeat(1_000)}" }}`,
  ],
  [
    'a slice of everything, often',
    `{% for i in (1..9000) %}{% assign a = big | slice: 0, 999999999 %}{% endfor %}`,
  ],
  [
    'strip_html on opened tags, often',
    `{% for i in (1..9000) %}{% assign a = opened | strip_html %}{% endfor %}`,
  ],
  ['2,000 times a megabyte', '{{ big }}'.repeat(1_999)],
]
for (const [what, source] of bombs) {
  test(`stopped in this process and in the sandbox: ${what}`, async () => {
    const given = { big, opened: '<'.repeat(100_000) }
    const compiled = compile(source, { escape: 'none' })
    assert.equal(compiled.kind, 'inline')
    assert.throws(() => compiled.render(given), TemplateError)
    await assert.rejects(renderInSandbox(source, given, { escape: 'none' }), TemplateError)
  })
}

/** Work that fits the counts but not the time. */
const slow: readonly [what: string, source: string][] = [
  [
    'comparing lists, often',
    '{% for i in (1..9000) %}{% if many == same %}{% endif %}{% endfor %}',
  ],
  ['printing lists of nothing, often', '{% for i in (1..9000) %}{{ nothing }}{% endfor %}'],
  ['sorting, often', '{% for i in (1..9000) %}{% assign a = many | sort %}{% endfor %}'],
]
for (const [what, source] of slow) {
  test(`out of time, in this process: ${what}`, () => {
    const many = Array.from({ length: 20_000 }, (_, index) => index)
    const given = { many, same: [...many], nothing: Array.from({ length: 200_000 }, () => null) }
    assert.throws(() => compile(source, { escape: 'none' }).render(given), TemplateError)
  })
}

/** Data and sources on which a careless engine takes quadratic time; these just work. */
const patient: readonly [what: string, source: string, data: string][] = [
  ['strip_html of opened scripts', '{{ x | strip_html | size }}', '<script'.repeat(100_000)],
  ['strip_html of opened comments', '{{ x | strip_html | size }}', '<!--'.repeat(200_000)],
  ['strip of blanks', '{{ x | strip | size }}', `a${' '.repeat(500_000)}b`],
  ['truncatewords of blanks', '{{ x | truncatewords: 5 }}', ' '.repeat(500_000)],
  ['newlines', '{{ x | strip_newlines | size }}', '\r'.repeat(500_000)],
  [
    'a replacement that looks like a pattern',
    '{{ x | replace_first: "a", "$&$&$`" | size }}',
    big.slice(0, 500_000),
  ],
  ['dates that are none', '{{ x | date: "%Y" | size }}', '1'.repeat(500_000)],
]
for (const [what, source, x] of patient) {
  test(`done in linear time: ${what}`, () => {
    assert.ok(compile(source, { escape: 'html' }).render({ x }).length < MAX_OUTPUT)
  })
}

for (const opened of ['<style', '<style ', '<style>', '<!--', '{a', '</style', '<style>/*']) {
  test(`hidden from tools for HTML in linear time: 500,000 characters of ${opened}`, () => {
    const source = opened.repeat(500_000 / opened.length)
    const before = process.cpuUsage()
    assert.equal(protect(source).text.length > 0, true)
    const { user } = process.cpuUsage(before)
    assert.ok(user < 5_000_000, `${user} µs`) // milliseconds; in quadratic time half a minute
  })
}

test('a template at its limits still works', () => {
  const source = `${nested(100)}${'{{a}}'.repeat(MAX_TAGS - 200)}`
  assert.equal(compile(source, { escape: 'html' }).render({ a: 'b' }).length, MAX_TAGS - 200)
  const loop = '{% for i in (1..10000) %}.{% endfor %}'
  assert.equal(compile(loop, { escape: 'html' }).render({}).length, 10_000)
})

test('an array that contains itself ends as an error, not as a crash', () => {
  const circle: unknown[] = []
  circle.push(circle)
  assert.throws(() => compile('{{ circle }}', { escape: 'html' }).render({ circle }), TemplateError)
})
