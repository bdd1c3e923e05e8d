/**
 * Every route that says it takes an Idempotency-Key: many at once have one effect, a
 * repetition gets the first answer, another request under the same key is refused.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { addTenant } from '../helpers/tenant.ts'
import { describe } from './describe.ts'
import { addressOf, inOrder, methodOf, table } from './table.ts'

const AT_ONCE = 50

const app = await startTestApp(await testDatabase())
const apple = await addTenant(app, 'apple')
const { operations } = await describe(app)
const repeatable = new Set(
  operations
    .filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'))
    .map(({ name }) => name),
)

function send(name: string, key: string, unique: string, query = ''): Promise<Answer> {
  const each = table[name]!
  const who = each.access === 'person' ? apple.session : apple.key
  const type = each.type ? { 'content-type': each.type } : {}
  const path = addressOf(name, each, apple) + query
  const headers = { ...who, ...type, 'idempotency-key': key }
  return app.call(methodOf(name), path, each.body?.(apple, unique), headers)
}

test('every route that writes takes a key, but those whose answers must not be kept', () => {
  const without = operations
    .filter(
      ({ method, name, security }) =>
        method !== 'GET' && security.length > 0 && !repeatable.has(name),
    )
    .map(({ name }) => name)
  assert.deepEqual(without.toSorted(), [
    'DELETE /auth/totp',
    'POST /api/client/change-password',
    'POST /api/client/logout',
    'POST /auth/logout',
    'POST /auth/totp',
    'POST /auth/totp/confirmation',
    'POST /auth/verify',
    'POST /connectors/:id/check',
    'POST /connectors/:id/dry-run',
    'POST /connectors/dry-run',
    'POST /journeys/:id/simulate',
    'POST /journeys/validate',
    'POST /members',
    'POST /providers/:id/check',
    'POST /providers/:id/test',
    'POST /templates/:id/test',
    'POST /test/notification',
    'PUT /auth/password',
  ])
})

/** What the engine writes meanwhile. */
const besides = [
  ...['counts', 'lanes', 'events', 'event_keys', 'sender_pacing', 'messages'],
  ...['engagements', 'message_engagement', 'tracking_hits', 'event_queue', 'journey_counts'],
  'sync_runs',
]

for (const [name] of inOrder.filter(([name]) => repeatable.has(name))) {
  test(`${name}: ${AT_ONCE} with one key at once have one effect, and a repetition gets its answer`, async () => {
    const key = `key of ${name}`
    const before = await app.rowCounts()
    const tries = await Promise.all(Array.from({ length: AT_ONCE }, () => send(name, key, 'once')))
    const made = tries.filter(({ status }) => status < 400)
    const waiting = tries.filter(({ status }) => status === 409)
    const refused = tries.find(({ status }) => status >= 400 && status !== 409)
    assert.equal(made.length + waiting.length, AT_ONCE, refused?.text ?? '')
    assert.equal(made.filter(({ headers }) => !headers.has('idempotent-replayed')).length, 1)
    for (const { json, headers } of waiting) {
      assert.equal(json.code, 'in_flight')
      assert.match(headers.get('retry-after') ?? '', /^\d+$/)
    }
    const counts = await app.rowCounts(besides)
    for (const [rows, count] of Object.entries(await app.rowCounts()))
      assert.ok(count - before[rows]! < AT_ONCE / 2, `${rows}: ${count} after ${before[rows]}`)
    const again = await send(name, key, 'once')
    const first = made.find(({ headers }) => !headers.has('idempotent-replayed'))!
    assert.equal(again.status, name === 'POST /notifications/send' ? again.status : first.status)
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    if (name !== 'POST /notifications/send') sameButSecrets(again.json, first.json)
    else assert.equal(again.json.id, first.json.id)
    const body = table[name]?.body
    if (body && JSON.stringify(body(apple, 'once')) !== JSON.stringify(body(apple, 'other'))) {
      const other = await send(name, key, 'other')
      assert.equal(other.status, 422, other.text)
      assert.equal(other.json.code, 'idempotency_mismatch')
    }
    assert.deepEqual(await app.rowCounts(besides), counts)
  })
}

/** What is shown once is null in a repetition; everything else is as it was. */
function sameButSecrets(again: unknown, first: unknown): void {
  const text = (value: unknown) =>
    JSON.stringify(value, (key, each) => (key === 'key' || key === 'url' ? null : each))
  assert.equal(text(again), text(first))
}

test('the same body with another query is another request', async () => {
  const [path, key] = ['/contacts/imports', 'key of a query']
  const headers = { ...apple.key, 'content-type': 'text/csv', 'idempotency-key': key }
  const csv = 'id,mail\nq,q@example.com\n'
  const mapping = encodeURIComponent('{"id":"external_id","mail":"email"}')
  assert.equal((await app.call('POST', `${path}?mapping=${mapping}`, csv, headers)).status, 202)
  const other = await app.call('POST', `${path}?default_country=IL`, csv, headers)
  assert.equal(other.json.code, 'idempotency_mismatch')
})

test('a refused request leaves its key free', async () => {
  const headers = { ...apple.key, 'idempotency-key': 'key of a fault' }
  const wrong = { recipient_id: 'a', channel: 'email', message: 'no subject' }
  assert.equal((await app.call('POST', '/notifications', wrong, headers)).status, 422)
  const right = { ...wrong, subject: 'a subject' }
  const answer = await app.call('POST', '/notifications', right, headers)
  assert.equal(answer.status, 202, answer.text)
  assert.equal(answer.headers.get('idempotent-replayed'), null)
})

test('a repetition gets the first answer also when it would be refused by now', async () => {
  const name = 'short-lived'
  const template = await app.call(
    'POST',
    '/templates',
    { name, channel: 'sms', text: 'Hi' },
    apple.key,
  )
  const body = { recipient_id: 'a', channel: 'sms', to: '0521234567', template_id: name }
  const headers = { ...apple.key, 'idempotency-key': 'key of a past template' }
  const first = await app.call('POST', '/notifications', body, headers)
  assert.equal(first.status, 202, first.text)
  await app.call('DELETE', `/templates/${template.json.id}`, undefined, apple.key)
  const again = await app.call('POST', '/notifications', body, headers)
  assert.deepEqual([again.status, again.json], [202, first.json], again.text)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
})

test('a key has 1 to 255 characters', async () => {
  for (const [key, status] of [
    ['k'.repeat(255), 201],
    ['k'.repeat(256), 422],
    ['', 422],
  ] as const) {
    const headers = { ...apple.key, 'idempotency-key': key }
    const body = { external_id: `key-${key.length}` }
    const answer = await app.call('POST', '/contacts', body, headers)
    assert.equal(answer.status, status, answer.text)
  }
})
