import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type CompiledEmail, compileEmail, type EmailSource } from './compileEmail.ts'
import { closeSandbox } from './sandbox.ts'
import { TemplateError } from './templateError.ts'

after(closeSandbox)

const links = {
  click: (index: number) => `https://track.test/c/${index}`,
  pixel: 'https://track.test/o/1.png',
  unsubscribe: 'https://track.test/u/1',
  preferences: 'https://track.test/p/1',
}
const pixel =
  '<img src="https://track.test/o/1.png" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">'

function email(source: Partial<EmailSource>): CompiledEmail {
  return compileEmail({
    subject: 'Hello {name}',
    html: null,
    text: null,
    trackClicks: true,
    trackOpens: true,
    trackingOrigin: 'https://track.test',
    ...source,
  })
}

test('one message gets its own text, tracking links and pixel', () => {
  const compiled = email({
    html: '<html><body><p>{name}, see <a href="https://x.test/?a=1&amp;b=2">this</a> or <a href="https://x.test/{{ id }}">that</a>.</p></body></html>',
  })
  assert.equal(compiled.kind, 'inline')
  assert.deepEqual(compiled.variables, ['name', 'id'])
  assert.deepEqual(compiled.staticDestinations, ['https://x.test/?a=1&b=2', null])
  assert.deepEqual(compiled.render({ name: 'Ada <3', id: 7 }, links), {
    subject: 'Hello Ada <3',
    html: `<html><body><p>Ada &lt;3, see <a href="https://track.test/c/0">this</a> or <a href="https://track.test/c/1">that</a>.</p>${pixel}</body></html>`,
    text: 'Ada <3, see this <https://x.test/?a=1&b=2> or that <https://x.test/7>.',
    destinations: ['https://x.test/?a=1&b=2', 'https://x.test/7'],
  })
})

test('destinations that depend on nothing are one array for all messages', () => {
  const compiled = email({ html: '<a href="https://x.test/">x</a>' })
  const [first, second] = [compiled.render({}, links), compiled.render({}, links)]
  assert.equal(first.destinations, second.destinations)
})

test('without tracking the HTML is the template’s own', () => {
  const html = '<p><a href="https://x.test/?a=1&amp;b=2">x</a></p>'
  const off = email({ html, trackClicks: false, trackOpens: false })
  assert.equal(off.render({}, links).html, html)
  assert.deepEqual(off.render({}, links).destinations, [])
  const noPixel = email({ html, trackClicks: false }).render({}, { ...links, pixel: null })
  assert.equal(noPixel.html, html)
})

test('the pixel comes last in the body, or last of all', () => {
  assert.equal(email({ html: '<p>x</p>' }).render({}, links).html, `<p>x</p>${pixel}`)
  const commented = email({ html: '<body>x<!-- </body> --></BODY ></html>' }).render({}, links)
  assert.equal(commented.html, `<body>x<!-- </body> -->${pixel}</BODY ></html>`)
})

const hidden =
  '<a href="https://track.test/c/65535" rel="nofollow" tabindex="-1" aria-hidden="true" style="display:block;width:1px;height:1px;overflow:hidden"></a>'

test('the hidden link stands once beside the pixel, and the others keep their numbers', () => {
  const html = '<body dir="rtl"><a href="https://x.test/">x</a> <a href="{{ y }}">y</a></body>'
  const shown = (more: Partial<EmailSource> = {}) =>
    email({ html, honeypot: true, ...more }).render({ y: 'https://y.test/' }, links)
  const tracked =
    '<body dir="rtl"><a href="https://track.test/c/0">x</a> <a href="https://track.test/c/1">y</a>'
  assert.equal(shown().html, `${tracked}${hidden}${pixel}</body>`)
  assert.equal(shown({ trackOpens: false }).html, `${tracked}${hidden}</body>`)
  assert.equal(shown({ honeypot: false }).html, `${tracked}${pixel}</body>`)
  assert.equal(shown().text, shown({ honeypot: false }).text)
  assert.deepEqual(shown().destinations, ['https://x.test/', 'https://y.test/'])
  const compiled = email({ html, honeypot: true })
  assert.deepEqual(compiled.staticDestinations, ['https://x.test/', null])
})

test('there is no hidden link where clicks are not tracked, or nothing can be clicked', () => {
  const linked = '<a href="https://x.test/">x</a>'
  const untracked = email({ html: linked, honeypot: true, trackClicks: false })
  assert.equal(untracked.render({}, links).html, `${linked}${pixel}`)
  const nowhere = email({ html: '<a href="mailto:ada@x.test">x</a>', honeypot: true })
  assert.doesNotMatch(nowhere.render({}, links).html ?? '', /65535/)
})

test('literal content and emails for the sandbox have the hidden link too', async () => {
  const html = '<a href="https://x.test/">x</a>'
  const tracked = `<a href="https://track.test/c/0">x</a>${hidden}${pixel}`
  assert.equal(email({ html, honeypot: true, literal: true }).render({}, links).html, tracked)
  const sandboxed = email({ html: `{% cycle "" %}${html}`, text: 'x', honeypot: true })
  assert.equal(sandboxed.kind, 'sandbox')
  assert.equal((await sandboxed.renderAsync({}, links)).html, tracked)
})

test('no link of a mail takes the number of the hidden one', () => {
  const all = Array.from({ length: 65_535 }, (_, n) => `<a href="https://x.test/${n}">`).join('')
  const full = email({ html: all, text: 'x', literal: true, honeypot: true })
  assert.equal(full.staticDestinations.length, 65_535)
  const more = `${all}<a href="https://x.test/more">`
  assert.throws(() => email({ html: more, text: 'x', literal: true }), /at most 65,535 links/)
})

test('a loop gives each target its number once', () => {
  const compiled = email({
    html: '{% for p in products %}<a href="https://x.test/{{ p }}">{{ forloop.index }}</a>{% endfor %}<a href="https://y.test/">y</a>',
    trackOpens: false,
  })
  const { html, destinations } = compiled.render({ products: ['a', 'b', 'a'] }, links)
  assert.deepEqual([...(html ?? '').matchAll(/c\/\d/g)].join(), 'c/0,c/2,c/0,c/1')
  assert.deepEqual(destinations, ['https://x.test/a', 'https://y.test/', 'https://x.test/b'])
})

test('links in branches keep their numbers, rendered or not', () => {
  const compiled = email({
    html: '{% if a %}<a href="https://a.test/{{ x }}">a</a>{% else %}<a href="https://b.test/{{ x }}">b</a>{% endif %}{% comment %}<a href="https://no.test/">{% endcomment %}<a href="https://c.test/">c</a>',
    trackOpens: false,
  })
  assert.deepEqual(compiled.render({ x: 1 }, links).destinations, [
    '',
    'https://b.test/1',
    'https://no.test/',
    'https://c.test/',
  ])
  assert.equal(
    compiled.render({ a: 1, x: 1 }, links).html,
    '<a href="https://track.test/c/0">a</a><a href="https://track.test/c/3">c</a>',
  )
})

test('conditions and filters inside one target work', () => {
  const compiled = email({
    html: '<a href="{% if de %}https://x.test/de{% else %}https://x.test/en{% endif %}?n={{ name | url_encode }}">x</a>',
    trackOpens: false,
  })
  assert.deepEqual(compiled.render({ de: true, name: 'A&B' }, links).destinations, [
    'https://x.test/de?n=A%26B',
  ])
})

test('targets that turn out dangerous go nowhere, harmless ones stay', () => {
  const compiled = email({ html: '<a href="{{ url }}">x</a>', trackOpens: false })
  const href = (url: unknown) => compiled.render({ url }, links).html
  for (const url of [
    'javascript:alert(1)',
    'java\nscript:x',
    ' data:text/html,x',
    'https://a@b.test/',
  ]) {
    assert.equal(href(url), '<a href="#">x</a>')
  }
  assert.equal(
    href('mailto:a@x.test?subject="a"'),
    '<a href="mailto:a@x.test?subject=&#34;a&#34;">x</a>',
  )
  assert.equal(href(undefined), '<a href="">x</a>')
  assert.equal(href(links.unsubscribe), '<a href="https://track.test/u/1">x</a>')
  assert.equal(href('https://ok.test/'), '<a href="https://track.test/c/0">x</a>')
  const untracked = email({
    html: '<a href={{ url }}>x</a>',
    trackClicks: false,
    trackOpens: false,
  })
  assert.equal(untracked.render({ url: 'javascript:x' }, links).html, '<a href="#">x</a>')
  assert.equal(untracked.render({ url: 'x onclick=y' }, links).html, '<a href="x onclick=y">x</a>')
})

test('unsubscribe and preference pages are variables that no data can replace', () => {
  const compiled = email({
    html: '<a href="{{ unsubscribe_url }}">u</a><a href="{preferences_url}">p</a>',
    trackOpens: false,
  })
  assert.deepEqual(compiled.variables, ['name'])
  const rendered = compiled.render({ unsubscribe_url: 'https://evil.test/' }, links)
  assert.equal(
    rendered.html,
    '<a href="https://track.test/u/1">u</a><a href="https://track.test/p/1">p</a>',
  )
  assert.equal(rendered.text, 'u <https://track.test/u/1>p <https://track.test/p/1>')
})

test('a subject is one line whatever the variables hold', () => {
  const { subject } = email({ text: 'x' }).render({ name: 'Ada\r\nBcc: all@x.test' }, links)
  assert.equal(subject, 'Hello Ada Bcc: all@x.test')
})

test('literal content keeps its braces, and its links are tracked', () => {
  const compiled = email({
    subject: '{{ a }} {name}',
    html: '<body>{{ x }} {% if %} {name} <a href="https://x.test/{{y}}">z</a></body>',
    literal: true,
  })
  assert.deepEqual(compiled.variables, [])
  assert.deepEqual(compiled.render({ name: 'Ada', x: 1 }, links), {
    subject: '{{ a }} {name}',
    html: `<body>{{ x }} {% if %} {name} <a href="https://track.test/c/0">z</a>${pixel}</body>`,
    text: '{{ x }} {% if %} {name} z <https://x.test/{{y}}>',
    destinations: ['https://x.test/{{y}}'],
  })
  assert.throws(() => email({ html: '<a href="javascript:x">', literal: true }), TemplateError)
})

test('an email for the sandbox is tracked as well', async () => {
  const compiled = email({
    html: '<body>{% cycle "<" %}<a href="https://x.test/{{ id }}">a</a><a href="{{ unsubscribe_url }}">u</a><a href="{{ bad }}">b</a></body>',
    text: '{{ name }}',
  })
  assert.equal(compiled.kind, 'sandbox')
  assert.deepEqual(compiled.staticDestinations, [])
  assert.throws(() => compiled.render({}, links), TemplateError)
  assert.deepEqual(await compiled.renderAsync({ id: 7, name: 'Ada', bad: 'javascript:x' }, links), {
    subject: 'Hello Ada',
    html: `<body>&lt;<a href="https://track.test/c/0">a</a><a href="https://track.test/u/1">u</a><a href="#">b</a>${pixel}</body>`,
    text: 'Ada',
    destinations: ['https://x.test/7'],
  })
})

test('renderAsync renders inline emails too', async () => {
  const compiled = email({ html: '<a href="https://x.test/">x</a>' })
  assert.deepEqual(
    await compiled.renderAsync({ name: 'A' }, links),
    compiled.render({ name: 'A' }, links),
  )
})

test('faults name the part and the place', () => {
  const rows: readonly [Partial<EmailSource>, RegExp][] = [
    [{ subject: '{{ x' }, /^subject: .*not closed/],
    [{ html: '<p>\n{{ x | nope }}' }, /^html: undefined filter: nope/],
    [{ text: '{% nope %}' }, /^text: tag "nope" not found/],
    [{ html: '<a href="javascript:x">' }, /^html: The link "javascript:x" may not use javascript:/],
    [{ html: '<a href="{% if x %}https://x.test">y</a>{% endif %}' }, /cannot be read by itself/],
  ]
  for (const [source, message] of rows) {
    assert.throws(
      () => email(source),
      (error) => {
        assert.ok(error instanceof TemplateError)
        assert.match(error.message, message)
        assert.ok(error.line !== null)
        return true
      },
    )
  }
})

test('a text part is made even where a block’s tags stand inside markup', () => {
  const compiled = email({
    html: '<p {% if a %}class="x"{% endif %}>a</p><p {% if b %}>b{% else %}>c{% endif %}</p>',
  })
  assert.match(compiled.render({}, links).text, /a[\s\S]*c/)
})
