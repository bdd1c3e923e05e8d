import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rejected, Retryable, Unanswered } from '../../errors.ts'
import { createHttp } from '../../lib/http.ts'
import { type ChannelId, channelIds } from '../channel.ts'
import { sandboxes } from './sandbox.ts'

const http = createHttp({ guard: true })
const content = { title: null, text: 'Hello', data: {} }

function play(channel: ChannelId, to: string, connection: unknown = new Set()) {
  const sandbox = sandboxes.find((one) => one.channel === channel)
  assert.ok(sandbox)
  return sandbox.send(
    { id: 'm1', to, content },
    { settings: {}, http, connection, callbackUrl: '' },
  )
}

const recipients: readonly [channel: ChannelId, to: string, kinds: readonly string[]][] = [
  ['email', 'ada@example.com', ['delivered']],
  ['email', 'bounce@example.com', ['bounced']],
  ['email', 'BOUNCE+7@example.com', ['bounced']],
  ['email', 'bounce2@example.com', ['bounced']],
  ['email', 'complain@example.com', ['delivered', 'complained']],
  ['email', 'open@example.com', ['delivered', 'opened']],
  ['email', 'click@example.com', ['delivered', 'opened', 'clicked']],
  ['email', 'reply@example.com', ['delivered', 'replied']],
  ['email', 'unsubscribe@example.com', ['delivered', 'unsubscribed']],
  ['email', 'openhouse@example.com', ['delivered']],
  ['email', 'open.minded@example.com', ['delivered']],
  ['sms', '+972501230001', ['bounced']],
  ['sms', '+972501230002', ['delivered', 'complained']],
  ['whatsapp', '+972501230003', ['delivered', 'opened']],
  ['whatsapp', '+972501230004', ['delivered', 'opened', 'clicked']],
  ['voice', '+972501230005', ['delivered', 'replied']],
  ['sms', '+972501230008', ['delivered', 'unsubscribed']],
  ['sms', '+972501234567', ['delivered']],
  ['push', 'bounce', ['bounced']],
  ['in_app', 'user-0001', ['delivered']],
  ['discord', '', ['delivered']],
]
for (const [channel, to, kinds] of recipients) {
  test(`${channel} to "${to}" is ${kinds.join(', ')}`, async () => {
    const { receipts = [] } = await play(channel, to)
    assert.deepEqual(
      receipts.map(({ kind }) => kind),
      kinds,
    )
  })
}

test('recipients that fail, fail', async () => {
  for (const to of ['fail@example.com', 'unknown@example.com', 'hang@example.com']) {
    await assert.rejects(play('email', to), to.startsWith('fail') ? Rejected : Unanswered)
  }
  await assert.rejects(play('sms', '+972501230006'), Rejected)
  await assert.rejects(play('sms', '+972501230009'), Unanswered)
})

test('retry is refused once for each message, then delivered', async () => {
  for (const to of ['retry@example.com', 'retry+1@example.com']) {
    const connection = new Set()
    await assert.rejects(
      play('email', to, connection),
      (error) => error instanceof Retryable && error.after === 1 && error.code === '429',
    )
    assert.equal((await play('email', to, connection)).receipts?.[0]?.kind, 'delivered')
  }
})

test('the same message twice is the same message', async () => {
  const [first, second] = [await play('push', 'a'), await play('push', 'a')]
  assert.equal(first.providerMessageId, second.providerMessageId)
})

test('every channel has one', () => {
  assert.deepEqual(
    sandboxes.map(({ channel }) => channel),
    [...channelIds],
  )
})
