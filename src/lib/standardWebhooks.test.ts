import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { newSigningSecret } from '../../test/helpers/signingSecret.ts'
import { isSigningSecret, signedHeaders } from './standardWebhooks.ts'

/** The vector of the standard's own libraries. */
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
}

test('signs the vector of the standard', () => {
  assert.deepEqual(signedHeaders(message, [secret]), {
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('the reference library accepts what we sign', () => {
  for (const body of ['{}', '{"text":"שלום 👋"}', 'x'.repeat(100_000)]) {
    const key = newSigningSecret()
    const timestamp = Math.floor(Date.now() / 1_000)
    const ours = signedHeaders({ id: 'msg_1', timestamp, body }, [key])
    new Webhook(key).verify(body, ours, { jsonParse: false })
  }
})

test('during a rotation both secrets sign and either verifies', () => {
  const [old, fresh] = [newSigningSecret(), newSigningSecret()]
  const timestamp = Math.floor(Date.now() / 1_000)
  const headers = signedHeaders({ ...message, timestamp }, [fresh, old])
  assert.match(headers['webhook-signature'] ?? '', /^v1,\S+ v1,\S+$/)
  for (const key of [old, fresh])
    new Webhook(key).verify(message.body, headers, { jsonParse: false })
  assert.throws(() => new Webhook(newSigningSecret()).verify(message.body, headers))
})

test('only secrets as the standard writes them are secrets', () => {
  assert.ok(isSigningSecret(secret))
  assert.ok(isSigningSecret(newSigningSecret()))
  assert.equal(isSigningSecret('whsec_c2hvcnQ='), false)
  assert.equal(isSigningSecret(`whsec_${Buffer.alloc(65).toString('base64')}`), false)
  assert.equal(isSigningSecret('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), false)
  assert.equal(isSigningSecret('whsec_not base64 at all, not at all'), false)
})
