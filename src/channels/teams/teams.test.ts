import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultyWorld } from '../../../test/fakes/faultyWorld.ts'
import { Misconfigured, Rejected, Retryable } from '../../errors.ts'
import { teams } from './teams.ts'

const { server, http } = await faultyWorld()

function context(webhook_url: string) {
  return {
    settings: teams.settings.parse({ webhook_url }),
    http,
    connection: undefined,
    callbackUrl: '',
  }
}
const written = (title: string | null, text: string, data = {}) => {
  return { id: 'm', to: '', content: { title, text, data } }
}

async function bodySent(message: ReturnType<typeof written>) {
  const url = await server.define('card', { do: 'reply', status: 202 })
  await teams.send(message, context(url))
  return (await server.received('card'))[0]?.body ?? ''
}

test('title and text travel as one Adaptive Card in the envelope that workflows take', async () => {
  assert.deepEqual(JSON.parse(await bodySent(written('Opened', 'Ada opened your mail'))), {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', size: 'Medium', weight: 'Bolder', text: 'Opened', wrap: true },
            { type: 'TextBlock', text: 'Ada opened your mail', wrap: true },
          ],
          msteams: { width: 'Full' },
        },
      },
    ],
  })
})

test('a card of the customer goes through', async () => {
  const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'FactSet', facts: [] }] }
  const { attachments } = JSON.parse(await bodySent(written(null, 'x', { card })))
  assert.deepEqual(attachments[0].content, card)
})

test('a card that is none, or too large, is refused', async () => {
  const ctx = context(await server.define('refused', { do: 'reply', status: 202 }))
  const large = { type: 'AdaptiveCard', version: '1.4', body: ['x'.repeat(30_000)] }
  for (const card of [{}, 'x', { type: 'MessageCard' }, large]) {
    await assert.rejects(teams.send(written(null, 'x', { card }), ctx), Rejected)
  }
  await assert.rejects(teams.send(written(null, ' '), ctx), Rejected)
  assert.equal((await server.received('refused')).length, 0)
})

test('long text is cut to what Teams takes, in bytes', async () => {
  const body = await bodySent(written('ש'.repeat(5_000), 'ש"'.repeat(30_000)))
  assert.ok(Buffer.byteLength(body) <= 28_000 && Buffer.byteLength(body) > 20_000)
})

test('a failure inside a 200 is a failure', async () => {
  const text =
    'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429'
  const url = await server.define('inner', { do: 'reply', status: 200, body: text })
  await assert.rejects(teams.send(written(null, 'x'), context(url)), Retryable)
})

test('check looks at the shape of the URL and calls nobody', async () => {
  const host = 'https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke'
  await teams.check(context(`${host}?api-version=2016-06-01&sp=x&sv=1.0&sig=abc`))
  await assert.rejects(teams.check(context(`${host}?api-version=2016-06-01`)), Misconfigured)
  const retired = 'https://contoso.webhook.office.com/webhookb2/1/IncomingWebhook/2/3'
  await assert.rejects(teams.check(context(retired)), Misconfigured)
})
