/** Which requests are kept when many come. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeeper, type Entry } from './keep.ts'

const entry = (id: number, more: Partial<Entry> = {}): Entry => ({
  ...{ workspaceId: 'w', id: String(id), method: 'POST', route: '/r', path: '/r', query: null },
  ...{ status: 202, code: null, ms: 1, actorKind: 'key', actorId: 'k', ip: null, userAgent: null },
  ...{ idempotencyKey: null, replayed: false, requestBytes: null, requestBody: null, answer: null },
  ...{ messageIds: [], leftOut: 0, ...more },
})

test('of very many successes a part is kept, which says how many were left out; failures all are', () => {
  const keeper = createKeeper()
  const offer = (n: number, isSure: boolean, workspaceId = 'w') =>
    keeper.offer({ workspaceId, isSure }, (leftOut) => entry(n, { leftOut, workspaceId }))
  for (let n = 0; n < 500; n++) offer(n, n % 10 === 9)
  const first = keeper.take()
  assert.equal(first.filter(({ id }) => Number(id) % 10 === 9).length, 50)
  assert.equal(first.length, 70)
  offer(500, false)
  offer(501, false)
  offer(502, false, 'another')
  const second = keeper.take()
  const told = [...first, ...second].filter(({ workspaceId }) => workspaceId === 'w')
  assert.equal(
    told.reduce((sum, each) => sum + 1 + each.leftOut, 0),
    502,
    'each is kept or counted',
  )
  assert.deepEqual(
    second.map(({ leftOut }) => leftOut > 0),
    [false, false, false],
    'a failure told of them before',
  )
})

test('one busy workspace leaves room for another', () => {
  const keeper = createKeeper()
  for (let n = 0; n < 1_000; n++)
    keeper.offer({ workspaceId: 'busy', isSure: false }, () => entry(n, { workspaceId: 'busy' }))
  keeper.offer({ workspaceId: 'calm', isSure: false }, () => entry(1, { workspaceId: 'calm' }))
  assert.equal(keeper.take().filter(({ workspaceId }) => workspaceId === 'calm').length, 1)
})

test('memory is bounded while nothing can be written, and what came first is kept', () => {
  const keeper = createKeeper()
  const body = 'x'.repeat(6_000)
  const ids = Array.from({ length: 1_000 }, () => crypto.randomUUID())
  for (let round = 0; round < 5; round++) {
    const waiting = keeper.take()
    for (let n = 0; n < 1_000; n++)
      keeper.offer({ workspaceId: 'w', isSure: true }, () =>
        entry(round * 1_000 + n, { requestBody: body, answer: body, messageIds: ids }),
      )
    keeper.putBack(waiting)
  }
  const kept = keeper.take()
  assert.equal(kept.length, 2_000)
  assert.equal(kept[0]?.id, '0')
  const sizeOf = ({ requestBody, answer, messageIds }: Entry) =>
    (requestBody?.length ?? 0) + (answer?.length ?? 0) + messageIds.join('').length
  const characters = kept.reduce((sum, each) => sum + sizeOf(each), 0)
  assert.ok(characters <= 8_000_000)
})
