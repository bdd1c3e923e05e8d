import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedOf, propertiesFrom } from './asked.ts'
import { type Document, eventsOf } from './words.ts'

const document: Document = {
  name: 'orders',
  description: 'About our event.Today is no property.',
  trigger: {
    events: ['order.made'],
    where: { any: [{ field: 'event.plan', is: 'equals', value: 'team' }] },
    key: '{{ event.order_id }}',
  },
  exit_on: [{ event: 'order.refunded', reason: 'refunded: {{ event.why }} {{ run.event.plan }}' }],
  goal: { event: 'constructor' },
  steps: [
    {
      ...{ id: 'paid', type: 'wait_for', event: 'order.paid', for: { hours: '{{ event.hours }}' } },
      where: { field: 'event.order_id', is: 'equals', value: '{{ run.event.order_id }}' },
    },
    {
      ...{ id: 'thanks', type: 'send', channel: 'email' },
      content: {
        subject: '{{ event.item.name | upcase }}, {{ steps.paid.event.amount }}',
        text: '{% if event.is_gift %}A gift{% endif %} at {{ event.at }}',
      },
    },
  ],
}

test('what conditions and texts name is asked of the event that they look at', () => {
  const { beginning, later } = askedOf(document)
  assert.deepEqual(beginning, ['plan', 'order_id', 'hours', 'item.name', 'is_gift'])
  assert.deepEqual(
    [...later],
    [
      ['order.paid', ['order_id']],
      ['order.refunded', ['why']],
      ['constructor', []],
    ],
  )
})

test('of a draft anything may be missing or wrong yet', () => {
  const draft: unknown = {
    trigger: null,
    steps: [{ type: 'wait_for' }],
    exit_on: 'paid',
    goal: null,
  }
  const { beginning, later } = askedOf(draft as Document) // as the server keeps it
  assert.deepEqual([[...beginning], [...later]], [[], []])
  assert.deepEqual(eventsOf(undefined), [])
  const trigger: unknown = { events: 'user.joined' }
  assert.deepEqual(eventsOf(trigger as Document['trigger']), [])
})

test('what is typed becomes what it looks like; nothing typed is no property', () => {
  const typed = {
    ...{ plan: 'team', order_id: '007', hours: '1.5', is_gift: 'true', empty: '' },
    ...{ 'item.name': 'Cup', 'item.tags': '["a"]', broken: '{"a":' },
  }
  assert.deepEqual(propertiesFrom(typed), {
    ...{ plan: 'team', order_id: '007', hours: 1.5, is_gift: true, broken: '{"a":' },
    item: { name: 'Cup', tags: ['a'] },
  })
})
