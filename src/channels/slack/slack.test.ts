import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultyWorld } from '../../../test/fakes/faultyWorld.ts'
import { ABSENT, complaints, contract } from '../../../test/fakes/vendorContract.ts'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import { slack } from './slack.ts'
import { slackBody } from './slackBody.ts'

const { server, http } = await faultyWorld()

const written = (title: string | null, text: string, data = {}) => ({ title, text, data })
const message = { id: 'm', to: '', content: written('Opened', 'Ada <ada@example.com> & co') }
const replies = (status: number, body: string) => ({ do: 'reply', status, body }) as const

function context(given: object) {
  const settings = slack.settings.parse(given)
  return { settings, http, connection: undefined, callbackUrl: '' }
}
const bot = (base: string) =>
  context({ bot_token: 'xoxb-secret-token', channel: 'C1', base_url: base })
const hook = (url: string) => context({ webhook_url: url })

test('a bot posts to its channel', async () => {
  const answer = '{"ok":true,"channel":"C1","ts":"1503435956.000247","message":{}}'
  const accepted = await slack.send(message, bot(await server.define('bot', replies(200, answer))))
  assert.equal(accepted.providerMessageId, 'C1:1503435956.000247')
  const [request] = await server.received('bot')
  assert.equal(request?.url, '/bot/chat.postMessage')
  assert.equal(request?.headers['authorization'], 'Bearer xoxb-secret-token')
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    channel: 'C1',
    text: '*Opened*\nAda &lt;ada@example.com&gt; &amp; co',
  })
})

test('a webhook posts where it was made for', async () => {
  const url = await server.define('hook', replies(200, 'ok'))
  assert.deepEqual(await slack.send(message, hook(`${url}/services/T/B/x`)), {
    providerMessageId: null,
    reply: 'ok',
  })
  const [request] = await server.received('hook')
  assert.equal(request?.url, '/hook/services/T/B/x')
  assert.deepEqual(Object.keys(JSON.parse(request?.body ?? '')), ['text'])
})

const verdicts = [
  ['ratelimited', Retryable],
  ['rate_limited', Retryable],
  ['not_authed', Misconfigured],
  ['invalid_auth', Misconfigured],
  ['account_inactive', Misconfigured],
  ['token_revoked', Misconfigured],
  ['channel_not_found', Misconfigured],
  ['not_in_channel', Misconfigured],
  ['is_archived', Misconfigured],
  ['ekm_access_denied', Misconfigured],
  ['org_login_required', Misconfigured],
  ['restricted_action_read_only_channel', Misconfigured],
  ['msg_too_long', Rejected],
  ['no_text', Rejected],
  ['a_code_of_tomorrow', Rejected],
  ['internal_error', Unanswered],
] as const
for (const [error, family] of verdicts) {
  test(`${error} in a 200 is ${family.name}`, async () => {
    const url = await server.define('verdict', replies(200, JSON.stringify({ ok: false, error })))
    await assert.rejects(slack.send(message, bot(url)), family)
  })
}

const texts = [
  [400, 'invalid_payload', Rejected],
  [403, 'action_prohibited', Misconfigured],
  [404, 'no_service', Misconfigured],
  [404, 'channel_not_found', Misconfigured],
  [410, 'channel_is_archived', Misconfigured],
  [500, 'rollup_error', Retryable],
  [200, 'something else', Unanswered],
] as const
for (const [status, text, family] of texts) {
  test(`a webhook's ${status} ${text} is ${family.name}`, async () => {
    const url = await server.define('text', replies(status, text))
    await assert.rejects(slack.send(message, hook(url)), family)
  })
}

test('check proves the token, or that the webhook lives, and posts nothing', async () => {
  const answer =
    '{"ok":true,"url":"https://x.slack.com/","team":"T","user":"u","team_id":"T1","user_id":"U1"}'
  await slack.check(bot(await server.define('auth', replies(200, answer))))
  assert.equal((await server.received('auth'))[0]?.url, '/auth/auth.test')
  await slack.check(hook(await server.define('alive', replies(400, 'no_text'))))
  assert.equal((await server.received('alive'))[0]?.body, '{}')
  const dead = hook(await server.define('dead', replies(404, 'no_service')))
  await assert.rejects(slack.check(dead), Misconfigured)
  const revoked = bot(
    await server.define('auth', replies(200, '{"ok":false,"error":"token_revoked"}')),
  )
  await assert.rejects(slack.check(revoked), Misconfigured)
})

test('a webhook, or a token with a channel, is needed', () => {
  assert.equal(slack.settings.safeParse({}).success, false)
  assert.equal(slack.settings.safeParse({ bot_token: 'xoxb-1' }).success, false)
  assert.equal(slack.settings.safeParse({ bot_token: 'xoxb-1', channel: '#a' }).success, true)
})

test('nobody is woken by a variable, and long text is cut', () => {
  assert.equal(slackBody(written(null, '<!channel>')).text, '&lt;!channel&gt;')
  assert.equal(slackBody(written(null, 'x'.repeat(50_000))).text.length, 40_000)
})

test('blocks go through, and are refused when they are none', () => {
  const blocks = [{ type: 'divider' }]
  assert.deepEqual(slackBody(written(null, 'x', { blocks })), { text: 'x', blocks })
  for (const wrong of [{}, [], ['x'], [{}], Array.from({ length: 51 }, () => blocks[0])]) {
    assert.throws(() => slackBody(written(null, 'x', { blocks: wrong })), Rejected)
  }
})

test("what we send is a request by Slack's own contract", (t) => {
  const document = contract('slack/slack_web_openapi_v2.json')
  if (!document) return t.skip(ABSENT)
  const { parameters } = document['paths']['/chat.postMessage'].post
  const known: { in: string; name: string; type: string; required?: boolean }[] = parameters
  const fields = known.filter((one) => one.in === 'formData')
  const schema = {
    type: 'object',
    additionalProperties: false, // as JSON, blocks are a list and not its text
    properties: Object.fromEntries(
      fields.map((f) => [f.name, f.name === 'blocks' ? {} : { type: f.type }]),
    ),
    required: fields.filter((f) => f.required).map((f) => f.name),
  }
  const body = { channel: 'C1', ...slackBody(written('T', 'x', { blocks: [{ type: 'divider' }] })) }
  assert.equal(complaints({ body: schema }, '/body', body), '')
})
