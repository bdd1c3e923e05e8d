import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Condition, operators } from './conditions.schema.ts'
import { holds } from './conditions.ts'
import { lookUp, renderAmount, renderText, renderValue, renderWindow } from './facts.ts'

const facts = {
  event: { name: 'item.created', status: 'נשלחה הודעה', count: 5, tags: ['a', 'b'], empty: '' },
  contact: { phone: null, traits: { plan: 'pro', since: '2026-01-01' } },
  settings: { sent: 'נשלחה הודעה', list: 'x, pro', on: true, delay: '1.5' },
}

const questions: readonly (readonly [string, Condition, boolean])[] = [
  ['equal texts', { field: 'event.status', is: 'equals', value: '{{ settings.sent }}' }, true],
  ['5 and "5"', { field: 'event.count', is: 'equals', value: '5' }, true],
  ['a flag', { field: 'settings.on', is: 'equals', value: true }, true],
  ['a flag as text', { field: 'settings.on', is: 'equals', value: 'true' }, true],
  ['other texts', { field: 'event.status', is: 'not_equals', value: 'x' }, true],
  ['what is not there is not x', { field: 'event.none', is: 'not_equals', value: 'x' }, true],
  ['what is not there is nothing', { field: 'event.none', is: 'equals', value: '' }, true],
  ['a list', { field: 'contact.traits.plan', is: 'in', value: ['free', 'pro'] }, true],
  [
    'a list in a setting',
    { field: 'contact.traits.plan', is: 'in', value: '{{settings.list}}' },
    true,
  ],
  ['not in a list', { field: 'contact.traits.plan', is: 'not_in', value: ['free'] }, true],
  ['empty in a list', { field: 'event.empty', is: 'in', value: ['', 'new'] }, true],
  ['there', { field: 'event.count', is: 'exists' }, true],
  ['null is missing', { field: 'contact.phone', is: 'missing' }, true],
  ['an empty text is missing', { field: 'event.empty', is: 'missing' }, true],
  ['a path through nothing', { field: 'contact.phone.number', is: 'exists' }, false],
  ['what objects inherit', { field: 'event.constructor', is: 'exists' }, false],
  ['a list that contains', { field: 'event.tags', is: 'contains', value: 'b' }, true],
  ['a text that contains', { field: 'event.name', is: 'contains', value: 'item.' }, true],
  ['a text that contains nothing', { field: 'event.name', is: 'contains', value: '' }, false],
  ['greater', { field: 'event.count', is: 'greater', value: '4.5' }, true],
  ['less', { field: 'event.count', is: 'less', value: 10 }, true],
  ['a later date', { field: 'contact.traits.since', is: 'less', value: '2026-02-01' }, true],
  ['words are neither greater', { field: 'event.name', is: 'greater', value: 1 }, false],
  ['nor less', { field: 'event.name', is: 'less', value: 1 }, false],
  ['not', { not: { field: 'event.count', is: 'exists' } }, false],
  [
    'all',
    {
      all: [
        { field: 'event.count', is: 'exists' },
        { field: 'event.none', is: 'exists' },
      ],
    },
    false,
  ],
  [
    'any',
    {
      any: [
        { field: 'event.none', is: 'exists' },
        { field: 'event.count', is: 'exists' },
      ],
    },
    true,
  ],
]

for (const [name, condition, expected] of questions) {
  test(`a condition: ${name}`, () => assert.equal(holds(condition, facts), expected))
}

test('every operator is asked about', () => {
  const asked = new Set(questions.map(([, { is }]) => is))
  assert.deepEqual(
    operators.filter((operator) => !asked.has(operator)),
    [],
  )
})

test('texts are rendered; one path alone keeps its type', () => {
  assert.equal(renderText('{{ event.count }} of {settings.delay}', facts), '5 of 1.5')
  assert.deepEqual(
    renderValue({ a: ['{{ event.count }}', ' {{event.tags}} ', '{{event.none}}'], b: 1 }, facts),
    { a: [5, ['a', 'b'], ''], b: 1 },
  )
  assert.equal(renderAmount('{{ settings.delay }}', facts), 1.5)
  assert.throws(() => renderAmount('{{ settings.none }}', facts), RangeError)
  assert.throws(() => renderAmount('{{ settings.sent }}', facts), RangeError)
  assert.deepEqual(renderWindow({ from: '{{ event.count }}', until: '21', days: ['sun'] }, facts), {
    ...{ from: '5', until: '21', days: ['sun'] },
  })
  assert.equal(lookUp(facts, 'event'), facts.event)
})
