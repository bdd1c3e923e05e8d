import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultyWorld } from '../../../test/fakes/faultyWorld.ts'
import { ABSENT, complaints, contract } from '../../../test/fakes/vendorContract.ts'
import { Misconfigured, Rejected, Retryable } from '../../errors.ts'
import { discord } from './discord.ts'
import { discordBody } from './discordBody.ts'

const { server, http } = await faultyWorld()

const created = { do: 'reply', status: 200, body: '{"id":"1180000000000000001"}' } as const
const written = (title: string | null, text: string, data = {}) => ({ title, text, data })
const message = { id: 'm', to: '', content: written('Opened', 'Ada opened your mail') }

function context(base: string, path = '/api/webhooks/1/secret-token') {
  const settings = discord.settings.parse({
    webhook_url: `https://discord.com${path}`,
    base_url: `${base}/api/v10`,
  })
  return { settings, http, connection: discord.open!(settings), callbackUrl: '' }
}

test('a message is posted with wait, and its id comes back', async () => {
  const ctx = context(await server.define('post', created))
  const accepted = await discord.send(message, ctx)
  assert.equal(accepted.providerMessageId, '1180000000000000001')
  const [request] = await server.received('post')
  assert.equal(request?.method, 'POST')
  assert.equal(request?.url, '/post/api/v10/webhooks/1/secret-token?wait=true')
  assert.equal(request?.headers['authorization'], undefined)
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    embeds: [{ title: 'Opened', description: 'Ada opened your mail' }],
    allowed_mentions: { parse: [] },
  })
})

test('the thread of the pasted URL is kept, its version is not', async () => {
  const ctx = context(await server.define('thread', created), '/api/v8/webhooks/1/t/?thread_id=5')
  await discord.send(message, ctx)
  const [request] = await server.received('thread')
  assert.equal(request?.url, '/thread/api/v10/webhooks/1/t?thread_id=5&wait=true')
})

test('a URL on another host is used as it is', async () => {
  const url = `${await server.define('proxy', created)}/api/webhooks/1/t`
  const settings = discord.settings.parse({ webhook_url: url })
  await discord.send(message, { settings, http, connection: { notBefore: 0 }, callbackUrl: '' })
  assert.equal((await server.received('proxy'))[0]?.url, '/proxy/api/webhooks/1/t?wait=true')
})

test('an update edits the message that was sent', async () => {
  const ctx = context(await server.define('patch', created))
  await discord.update!('1180000000000000001', message, ctx)
  const [request] = await server.received('patch')
  assert.equal(request?.method, 'PATCH')
  assert.equal(request?.url, '/patch/api/v10/webhooks/1/secret-token/messages/1180000000000000001')
})

test('an update of a deleted message is refused, of a deleted webhook a wrong setting', async () => {
  const gone = (code: number) =>
    ({ do: 'reply', status: 404, body: `{"code":${code},"message":"?"}` }) as const
  const noMessage = context(await server.define('gone', gone(10008)))
  await assert.rejects(async () => discord.update!('1', message, noMessage), Rejected)
  const noWebhook = context(await server.define('gone', gone(10015)))
  await assert.rejects(async () => discord.update!('1', message, noWebhook), Misconfigured)
})

test('check asks for the webhook and sends nothing', async () => {
  const ctx = context(await server.define('check', created))
  await discord.check(ctx)
  const [request] = await server.received('check')
  assert.deepEqual(
    [request?.method, request?.url],
    ['GET', '/check/api/v10/webhooks/1/secret-token'],
  )
})

test('429 says how long to wait, and the next message does not even ask', async () => {
  const body = '{"message":"You are being rate limited.","retry_after":64.57,"global":false}'
  const ctx = context(await server.define('limited', { do: 'reply', status: 429, body }))
  const after = (low: number, high: number) => (error: unknown) =>
    error instanceof Retryable && Number(error.after) > low && Number(error.after) <= high
  await assert.rejects(discord.send(message, ctx), after(64.56, 64.57))
  await assert.rejects(discord.send(message, ctx), after(30, 64.57))
  assert.equal((await server.received('limited')).length, 1)
})

test('an emptied bucket is waited for', async () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '60.5' }
  const ctx = context(await server.define('bucket', { ...created, headers }))
  await discord.send(message, ctx)
  await assert.rejects(discord.send(message, ctx), Retryable)
  assert.equal((await server.received('bucket')).length, 1)
})

test('an almost full bucket is waited for without giving the message back', async () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.01' }
  const ctx = context(await server.define('short', { ...created, headers }))
  await discord.send(message, ctx)
  await discord.send(message, ctx)
  assert.equal((await server.received('short')).length, 2)
})

test('long texts are cut where Discord would refuse them', () => {
  const body = discordBody(written('t'.repeat(300), 'd'.repeat(5_000)))
  assert.deepEqual(
    'embeds' in body && body.embeds.map((e) => [e.title?.length, e.description?.length]),
    [[256, 4_096]],
  )
  const plain = discordBody(written(null, '👋'.repeat(1_001)))
  assert.ok('content' in plain && plain.content.length <= 2_000 && plain.content.isWellFormed())
})

const refused: Record<string, unknown> = {
  'no list': {},
  'an empty list': [],
  'eleven embeds': Array.from({ length: 11 }, () => ({ title: 'x' })),
  'a long title': [{ title: 'x'.repeat(257) }],
  'fields that Discord sets': [{ title: 'x', type: 'rich' }],
  'a script for a link': [{ title: 'x', url: 'javascript:alert(1)' }],
  'more than 6000 characters in all': [
    { description: 'x'.repeat(4_000) },
    { description: 'y'.repeat(2_001) },
  ],
  'a colour that is none': [{ title: 'x', color: 16_777_216 }],
}
for (const [name, embeds] of Object.entries(refused)) {
  test(`embeds are refused: ${name}`, () => {
    assert.throws(() => discordBody(written(null, 'x', { embeds })), Rejected)
  })
}

test('an empty message is refused before Discord is asked', () => {
  assert.throws(() => discordBody(written(null, ' ')), Rejected)
})

test("what we send is a request by Discord's own contract", (t) => {
  const document = contract('discord/discord-openapi.json')
  if (!document) return t.skip(ABSENT)
  const embeds = [
    {
      title: 'Opened',
      url: 'https://example.com/',
      color: 5_793_266,
      timestamp: '2026-11-21T10:00:00Z',
      author: { name: 'Ada', icon_url: 'https://example.com/a.png' },
      footer: { text: 'Beckon' },
      image: { url: 'https://example.com/b.png' },
      fields: [{ name: 'Lead', value: 'Ada', inline: true }],
    },
  ]
  const contents = [written('T', 'x'), written(null, 'שלום'), written(null, '', { embeds })]
  for (const content of contents) {
    for (const schema of ['IncomingWebhookRequestPartial', 'IncomingWebhookUpdateRequestPartial']) {
      const body = discordBody(content)
      assert.equal(complaints(document, `/components/schemas/${schema}`, body), '')
    }
  }
  const long = { content: 'x'.repeat(2_001) }
  assert.notEqual(
    complaints(document, '/components/schemas/IncomingWebhookRequestPartial', long),
    '',
  )
})
