import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApp } from '../../../test/helpers/app.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { until } from '../../../test/helpers/until.ts'

const app = await startTestApp(await testDatabase())

test('A journey made by API reacts to an event by API and sends', async () => {
  const made = await app.call(
    'POST',
    '/journeys',
    {
      name: 'hello',
      trigger: { events: ['signed_up'] },
      steps: [
        {
          id: 'hi',
          type: 'send',
          channel: 'email',
          content: { subject: 'Hi', text: 'Hello {{ contact.name }}' },
        },
      ],
    },
    { authorization: 'Bearer the-operators-own-key' },
  )
  assert.equal(made.status, 201, made.text)
  const auth = { authorization: 'Bearer the-operators-own-key' }
  const enabled = await app.call('POST', '/journeys/hello/enable', undefined, auth)
  assert.equal(enabled.status, 200, enabled.text)
  const contact = await app.call(
    'POST',
    '/contacts',
    { external_id: 'ada', name: 'Ada', email: 'ada@example.org' },
    auth,
  )
  assert.ok(contact.status < 300, contact.text)
  const told = await app.call('POST', '/events', { name: 'signed_up', external_id: 'ada' }, auth)
  assert.ok(told.status < 300, told.text)
  await until('the message to be sent', async () => {
    const { json } = await app.call('GET', '/notifications?recipient_id=ada', undefined, auth)
    return json.data[0]?.status === 'sent' || json.data[0]?.status === 'delivered'
  })
})
