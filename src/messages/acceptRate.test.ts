import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { AppError } from '../errors.ts'
import { createAcceptRate, messagesIn } from './acceptRate.ts'
import { NewMessage } from './schema.ts'

const refusal = (after: number) => (error: unknown) =>
  error instanceof AppError && error.code === 'rate_limited' && error.retryAfter === after

test('over a minute no more is taken than the rate allows, whatever the batches', () => {
  const rate = createAcceptRate()
  let taken = 0
  for (let ms = 0; ms < 60_000; ms += 7) {
    try {
      rate.take('a', 10, 3, ms)
      taken += 3
    } catch {}
  }
  assert.ok(taken >= 590 && taken <= 615, String(taken))
})

test('a batch is taken whole and paid back by waiting; other workspaces do not notice', () => {
  const rate = createAcceptRate()
  rate.take('a', 100, 1_000, 0)
  assert.throws(() => rate.take('a', 100, 1, 0), refusal(10))
  rate.take('b', 100, 1, 0)
  assert.throws(() => rate.take('a', 100, 1, 8_500), refusal(1))
  rate.take('a', 100, 1, 9_010)
  rate.take('a', null, 1_000_000, 9_011)
})

test('a workspace with a limit is told when to come back, and nothing of it is stored', async () => {
  const database = await testDatabase()
  const engine = await testEngine(database, { start: false })
  const { db } = database
  const flooding = await engine.addWorkspace('flooding')
  await db.engine`update workspaces set accept_per_second = 2 where id = ${flooding}`
  const items = [1, 2, 3].map((n) =>
    NewMessage.parse({ channel: 'sms', to: `+97250123400${n}`, message: 'x' }),
  )
  const send = (workspaceId: string) =>
    engine.acceptor.accept({ workspaceId, items, batch: true, repeat: null })
  await send(flooding)
  await assert.rejects(send(flooding), refusal(1))
  const [row] =
    await db.engine`select count(*)::int as n from messages where workspace_id = ${flooding}`
  assert.equal(row?.['n'], 3)
  await send(engine.workspaceId)
})

test('by routing to all channels one item is as many messages', () => {
  const of = (routing: object) => NewMessage.parse({ to: '+972501234001', message: 'x', routing })
  const channels = ['sms', 'whatsapp', 'sms', 'voice']
  assert.equal(messagesIn([of({ method: 'all', channels }), of({ channels })]), 3 + 1)
})
