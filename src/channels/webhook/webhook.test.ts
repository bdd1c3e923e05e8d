import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { faultyWorld } from '../../../test/fakes/faultyWorld.ts'
import { newSigningSecret } from '../../../test/helpers/signingSecret.ts'
import { Misconfigured, Rejected } from '../../errors.ts'
import { createHttp } from '../../lib/http.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { webhook } from './webhook.ts'

const { server, http } = await faultyWorld()

const [signing_secret, previous_signing_secret] = [newSigningSecret(), newSigningSecret()]
const created = Date.UTC(2026, 10, 21, 10)
const id = uuid7(created)
const message = {
  id,
  to: '',
  content: { title: null, text: 'שלום', data: { order: 7, id: 'theirs' } },
}

function context(url: string, more = {}) {
  const settings = webhook.settings.parse({ url, signing_secret, ...more })
  return { settings, http, connection: undefined, callbackUrl: '' }
}

test('a message is signed so that the reference library accepts it', async () => {
  const url = await server.define('signed', { do: 'reply', status: 204 })
  await webhook.send(message, context(`${url}/hook?a=b`))
  const [request] = await server.received('signed')
  assert.equal(request?.headers['webhook-id'], id)
  assert.deepEqual(
    new Webhook(signing_secret).verify(request?.body ?? '', request?.headers ?? {}),
    {
      type: 'message',
      timestamp: new Date(created).toISOString(),
      data: { order: 7, id, title: null, text: 'שלום' },
    },
  )
})

test('while secrets are rotated, both verify', async () => {
  const url = await server.define('rotated', { do: 'reply', status: 200 })
  await webhook.send(message, context(url, { previous_signing_secret }))
  const [request] = await server.received('rotated')
  for (const secret of [signing_secret, previous_signing_secret]) {
    new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {})
  }
})

test('each attempt has the same id and body', async () => {
  const url = await server.define('again', { do: 'reply', status: 200, body: 'thanks' })
  assert.equal((await webhook.send(message, context(url))).reply, '200 thanks')
  await webhook.send(message, context(url))
  const [first, second] = await server.received('again')
  assert.equal(first?.body, second?.body)
  assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id'])
})

test('check sends a signed ping', async () => {
  const url = await server.define('ping', { do: 'reply', status: 200 })
  await webhook.check(context(url))
  const [request] = await server.received('ping')
  const ping = new Webhook(signing_secret).verify(request?.body ?? '', request?.headers ?? {})
  assert.equal(JSON.parse(JSON.stringify(ping)).type, 'ping')
  const broken = context(await server.define('ping', { do: 'reply', status: 400 }))
  await assert.rejects(webhook.check(broken), Misconfigured)
})

test('a message that no receiver should have to take is refused', async () => {
  const url = await server.define('large', { do: 'reply', status: 200 })
  const content = { title: null, text: 'x'.repeat(300_000), data: {} }
  await assert.rejects(webhook.send({ ...message, content }, context(url)), Rejected)
  assert.equal((await server.received('large')).length, 0)
})

test('under guard it does not reach into our own network', async () => {
  const guarded = createHttp({ guard: true })
  const url = await server.define('inside', { do: 'reply', status: 200 })
  const ctx = { ...context(url.replace('http:', 'https:')), http: guarded }
  await assert.rejects(webhook.send(message, ctx), Misconfigured)
  await guarded.close()
})

test('a signing secret is written as the standard says', () => {
  const parse = (secret: string) =>
    webhook.settings.safeParse({ url: 'https://example.com/', signing_secret: secret }).success
  assert.deepEqual(
    [parse(signing_secret), parse('hunter2'), parse('whsec_c2hvcnQ=')],
    [true, false, false],
  )
})
