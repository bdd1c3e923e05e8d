import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Happening, linesOf } from './timeline.ts'

const event = (id: string, name: string, message_id: string | null = null): Happening => ({
  ...{ id, name, message_id, contact_id: null, at: '2026-01-01T00:00:00.000Z' },
  ...{ recorded_at: '2026-01-01T00:00:00.000Z', source: 'test', properties: {} },
})

test('opens of one message one after the other are one line; others stay apart', () => {
  const lines = linesOf([
    event('5', 'message.opened', 'm1'),
    event('4', 'message.opened', 'm1'),
    event('3', 'message.opened', 'm2'),
    event('2', 'page.viewed'),
    event('1', 'page.viewed'),
  ])
  assert.deepEqual(
    lines.map(({ event: { id }, all }) => [id, all.length]),
    [
      ['5', 2],
      ['3', 1],
      ['2', 1],
      ['1', 1],
    ],
  )
})
