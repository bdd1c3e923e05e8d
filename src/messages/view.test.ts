/** What a message's timeline says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { trackingWorld } from '../../test/helpers/trackingWorld.ts'
import { recordConsents } from '../consent/record.ts'
import { inWorkspace } from '../db/db.ts'
import { recordEvents } from '../events/record.ts'
import { getMessage } from './change.ts'
import { viewOf } from './view.ts'

const base = await testDatabase()
const { db } = base

test('a timeline tells in words what was done with a message after it had arrived', async () => {
  const { workspaceId, contactId, addMessage } = await trackingWorld(base)
  const messageId = await addMessage()
  const now = db.clock.now()
  const consent = { contactId, source: 'unsubscribe_link', proof: {}, messageId }
  const event = { workspaceId, contactId, messageId, at: now, source: 'messages' }
  const view = await inWorkspace(db, workspaceId, async (tx) => {
    const consents = [
      { ...consent, topic: 'news', channel: '*', granted: false },
      { ...consent, topic: '*', channel: 'email', granted: true },
    ]
    await recordConsents(tx, workspaceId, consents, now)
    const edits = [
      { ...event, name: 'message.edited', properties: {} },
      { ...event, name: 'message.edit_failed', properties: { detail: 'gone' } },
    ]
    await recordEvents(tx, edits, now)
    return viewOf(tx, await getMessage(tx, workspaceId, messageId))
  })
  const details = view.timeline.map(({ detail }) => detail)
  for (const words of [
    'A no was recorded: news',
    'A yes was recorded: all marketing, email',
    'Its text was changed where it had arrived.',
    'Its text could not be changed where it had arrived: gone',
  ])
    assert.ok(details.includes(words), `${words} in ${details.join('; ')}`)
})

test('a message names its sender and the sender’s provider, and nothing of either once it is removed', async () => {
  const { workspaceId, senderId, addMessage } = await trackingWorld(base)
  const messageId = await addMessage()
  const named = () =>
    inWorkspace(db, workspaceId, async (tx) => {
      const view = await viewOf(tx, await getMessage(tx, workspaceId, messageId))
      return [view.sender_name, view.provider, view.template_name]
    })
  assert.deepEqual(await named(), ['Vendor', 'vendor', null])
  await db.engine`delete from senders where workspace_id = ${workspaceId} and id = ${senderId}`
  assert.deepEqual(await named(), [null, null, null])
})
