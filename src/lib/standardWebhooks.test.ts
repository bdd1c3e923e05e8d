import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import {
  isSigningSecret,
  newSigningSecret,
  signedHeaders,
  verifySigned,
} from './standardWebhooks.ts'

/** The vector of the standard's own libraries. */
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
}
const now = new Date(message.timestamp * 1_000)

test('signs the vector of the standard', () => {
  assert.deepEqual(signedHeaders(message, [secret]), {
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('the reference library accepts what we sign, and we what it signs', () => {
  for (const body of ['{}', '{"text":"שלום 👋"}', 'x'.repeat(100_000)]) {
    const key = newSigningSecret()
    const timestamp = Math.floor(Date.now() / 1_000)
    const ours = signedHeaders({ id: 'msg_1', timestamp, body }, [key])
    new Webhook(key).verify(body, ours, { jsonParse: false })
    const theirs = new Webhook(key).sign('msg_1', new Date(timestamp * 1_000), body)
    assert.ok(
      verifySigned({ headers: { ...ours, 'webhook-signature': theirs }, rawBody: body }, [key]),
    )
  }
})

test('during a rotation both secrets sign and either verifies', () => {
  const [old, fresh] = [newSigningSecret(), newSigningSecret()]
  const headers = signedHeaders(message, [fresh, old])
  assert.match(headers['webhook-signature'] ?? '', /^v1,\S+ v1,\S+$/)
  const request = { headers, rawBody: message.body }
  assert.ok(verifySigned(request, [old], now))
  assert.ok(verifySigned(request, [fresh], now))
  assert.ok(verifySigned(request, [newSigningSecret(), fresh], now))
  assert.equal(verifySigned(request, [newSigningSecret()], now), false)
})

const headers = signedHeaders(message, [secret])
const forgeries: Record<string, { headers: Record<string, string>; rawBody: string }> = {
  'another body': { headers, rawBody: '{"test": 2432232315}' },
  'another id': { headers: { ...headers, 'webhook-id': 'msg_2' }, rawBody: message.body },
  'another time': {
    headers: { ...headers, 'webhook-timestamp': '1614265331' },
    rawBody: message.body,
  },
  'a time that is no number': {
    headers: { ...headers, 'webhook-timestamp': '1614265330.0' },
    rawBody: message.body,
  },
  'no signature': { headers: { ...headers, 'webhook-signature': '' }, rawBody: message.body },
  'another version': {
    headers: {
      ...headers,
      'webhook-signature': headers['webhook-signature']?.replace('v1,', 'v2,') ?? '',
    },
    rawBody: message.body,
  },
  'no headers': { headers: {}, rawBody: message.body },
}
for (const [name, request] of Object.entries(forgeries)) {
  test(`${name} is refused`, () => assert.equal(verifySigned(request, [secret], now), false))
}

test('a timestamp further off than five minutes is refused on both sides', () => {
  const request = { headers, rawBody: message.body }
  const at = (seconds: number) =>
    verifySigned(request, [secret], new Date(now.getTime() + seconds * 1_000))
  assert.deepEqual([at(300), at(-300), at(301), at(-301)], [true, true, false, false])
})

test('only secrets as the standard writes them are secrets', () => {
  assert.ok(isSigningSecret(secret))
  assert.ok(isSigningSecret(newSigningSecret()))
  assert.equal(isSigningSecret('whsec_c2hvcnQ='), false)
  assert.equal(isSigningSecret(`whsec_${Buffer.alloc(65).toString('base64')}`), false)
  assert.equal(isSigningSecret('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), false)
  assert.equal(isSigningSecret('whsec_not base64 at all, not at all'), false)
})
