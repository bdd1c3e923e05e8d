import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { scan } from './scan.ts'

const rows: readonly [what: string, source: string, text: string][] = [
  ['a name in braces is a variable', 'Hi {customer_name}!', 'Hi {{customer_name}}!'],
  ['so is a path', '{user.first_name}', '{{user.first_name}}'],
  [
    'other braces are text',
    '{ a } {1a} {a-b} {} {a.} {a..b} {"a":{b:1}}',
    '{ a } {1a} {a-b} {} {a.} {a..b} {"a":{b:1}}',
  ],
  [
    'not inside outputs',
    '{{ "{name}" }} {{ x | append: "}}{y}" }}',
    '{{ "{name}" }} {{ x | append: "}}{y}" }}',
  ],
  ['not inside tags', '{% assign x = "{name}" %}{x}', '{% assign x = "{name}" %}{{x}}'],
  ['not inside raw', '{% raw %}{name}{% endraw %}{name}', '{% raw %}{name}{% endraw %}{{name}}'],
  [
    'not inside comments',
    '{% comment %}{name}{% endcomment %}{name}',
    '{% comment %}{name}{% endcomment %}{{name}}',
  ],
  [
    'not inside style',
    '<STYLE>a{color:red} {foo}</style>{foo}',
    '<STYLE>a{color:red} {foo}</style>{{foo}}',
  ],
  ['not inside script', '<script>if(a){b}</script>{b}', '<script>if(a){b}</script>{{b}}'],
  ['in attributes it is', '<a href="{url}">', '<a href="{{url}}">'],
  ['three braces are two and one', '{{{name}}}', '{{{name}}}'],
]
for (const [what, source, text] of rows) {
  test(`single braces: ${what}`, () => assert.equal(scan(source).text, text))
}

test('Liquid inside style still works, single braces there do not', () => {
  const source = '<style>.a{color:{{ color }}} {b}</style>'
  assert.equal(
    compile(source, { escape: 'html' }).render({ color: 'red', b: 'x' }),
    '<style>.a{color:red} {b}</style>',
  )
})

test('positions are those of the source as it was written', () => {
  const scanned = scan('{a}{b}\n{c} here')
  assert.deepEqual(scanned.position(scanned.text.indexOf('here')), { line: 2, column: 5 })
})

test('document 003’s variables render as printed', () => {
  const source =
    'Dear {customer_name}, {agent_name} of {company_name} expects you on {appointment_date}. {custom_field}'
  const given = {
    customer_name: 'Ada',
    agent_name: 'Grace',
    company_name: 'Analytical Engines',
    appointment_date: '2024-01-15 10:00',
  }
  assert.equal(
    compile(source, { escape: 'none' }).render(given),
    'Dear Ada, Grace of Analytical Engines expects you on 2024-01-15 10:00. ',
  )
})
