import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { openApiDocument } from '../../../test/fakes/openApi.ts'
import { ABSENT } from '../../../test/fakes/vendorContract.ts'
import type { RawRequest } from '../../lib/http.ts'
import { handshake, inboundOf, isFor, isGenuine, receiptsOf } from './metaWebhooks.ts'

const keys = { phone_number_id: '106540352242922' }
const contract = openApiDocument('whatsapp/business-messaging-api_v23.0.yaml')

const raw = (body: unknown): RawRequest => ({
  ...{ method: 'POST', url: 'https://b.test/webhook/meta', headers: {} },
  rawBody: typeof body === 'string' ? body : JSON.stringify(body),
})
const told = (...values: object[]): RawRequest =>
  raw({
    object: 'whatsapp_business_account',
    entry: values.map((value) => ({
      id: '1',
      changes: [
        {
          field: 'messages',
          value: { metadata: { phone_number_id: '106540352242922' }, ...value },
        },
      ],
    })),
  })
const at = '1749416383'

test('every webhook that Meta gives as an example is understood', {
  skip: contract ? false : ABSENT,
}, () => {
  const { examples } =
    contract!['paths']['/whatsapp/webhooks'].post.requestBody.content['application/json']
  for (const [name, { value }] of Object.entries<{ value: Example }>(examples)) {
    const values = value.entry.flatMap(({ changes }) =>
      changes.flatMap((each) => (each.field === 'messages' ? each.value : [])),
    )
    const id = values[0]?.metadata?.phone_number_id
    if (id === undefined) continue
    const own = { phone_number_id: id }
    assert.ok(isFor(raw(value), own), name)
    const inbound = inboundOf(raw(value), own)
    const receipts = receiptsOf(raw(value), own)
    assert.equal(inbound.length, values.flatMap((each) => each.messages ?? []).length, name)
    assert.ok(receipts.length >= values.flatMap((each) => each.statuses ?? []).length, name)
    for (const { phone, type } of inbound) assert.ok(phone !== null || type === 'system', name)
  }
})

interface Example {
  entry: {
    changes: {
      field: string
      value: {
        metadata?: { phone_number_id: string }
        messages?: object[]
        statuses?: object[]
      }
    }[]
  }[]
}

test('people with a user name have no number: nothing is lost, each is told apart', () => {
  const messages = [
    { id: 'a', timestamp: at, type: 'text', from_user_id: 'IL.1', text: { body: 'one' } },
    { id: 'b', timestamp: at, type: 'text', from_user_id: 'IL.2', text: { body: 'two' } },
    { id: 'c', timestamp: at, type: 'text', from: '972501234567', text: { body: 'three' } },
  ]
  const contacts = [
    { user_id: 'IL.2', profile: { username: 'noa' } },
    { user_id: 'IL.1', profile: { name: 'Ada' } },
    { wa_id: '972501234567', user_id: 'IL.3', profile: { name: 'Omer' } },
  ]
  assert.deepEqual(
    inboundOf(told({ contacts, messages }), keys).map(({ phone, userId, name, text }) => [
      ...[phone, userId, name, text],
    ]),
    [
      [null, 'IL.1', 'Ada', 'one'],
      [null, 'IL.2', 'noa', 'two'],
      ['+972501234567', 'IL.3', 'Omer', 'three'],
    ],
  )
})

test('a part that cannot be read costs that part only', () => {
  const good = { id: 'a', timestamp: at, type: 'text', from: '972501234567', text: { body: 'x' } }
  const messages = [null, { id: 1 }, { ...good, timestamp: 'soon' }, good]
  const statuses = [{}, { id: 'w', status: 'delivered', timestamp: at, errors: 'none' }]
  const request = told({ messages, contacts: 'nobody', statuses })
  assert.deepEqual(
    inboundOf(request, keys).map(({ id }) => id),
    ['a'],
  )
  assert.deepEqual(
    receiptsOf(request, keys).map(({ kind }) => kind),
    ['delivered'],
  )
})

test('what is about another number is another’s', () => {
  const other = { phone_number_id: '2' }
  const request = told({ statuses: [{ id: 'w', status: 'sent', timestamp: at }] })
  assert.ok(isFor(request, keys))
  assert.ok(!isFor(request, other))
  assert.deepEqual(receiptsOf(request, other), [])
  assert.throws(() => receiptsOf(raw('{'), keys), /not JSON/)
  assert.throws(() => receiptsOf(raw('[]'), keys), /not one of Meta/)
})

test('a failure says what follows from it', () => {
  const failed = (code: number) => {
    const status = { id: 'w', status: 'failed', timestamp: at, errors: [{ code, title: 'No' }] }
    return receiptsOf(told({ statuses: [status] }), keys)
  }
  assert.equal(failed(131047)[0]?.windowClosed, true)
  assert.equal(failed(131049)[0]?.restSeconds, 86_400)
  assert.deepEqual(
    failed(131050).map(({ kind }) => kind),
    ['failed', 'unsubscribed'],
  )
  const [plain] = failed(131026)
  assert.deepEqual([plain?.windowClosed, plain?.restSeconds], [undefined, undefined])
  assert.equal(plain?.detail, '131026: No')
})

test('a changed number is believed only where it is signed', () => {
  const system = { type: 'user_changed_number', wa_id: '972501234568', body: 'They changed.' }
  const message = { id: 'a', timestamp: at, type: 'system', from: '972501234567', system }
  const moved = (given: object, more: object = {}) =>
    inboundOf(told({ messages: [{ ...message, ...more }] }), { ...keys, ...given })[0]?.movedTo
  assert.equal(moved({ app_secret: 's' }), '+972501234568')
  assert.equal(moved({}), undefined)
  assert.equal(moved({ app_secret: 's' }, { type: 'text' }), undefined)
  const odd = { ...system, wa_id: 'nobody' }
  assert.equal(moved({ app_secret: 's' }, { system: odd }), undefined)
})

test('a status tells under which ids the vendor knows whom it reached', () => {
  const status = { id: 'w', status: 'delivered', timestamp: at }
  const reached = (more: object) =>
    receiptsOf(told({ statuses: [{ ...status, ...more }] }), keys)[0]?.reached
  assert.deepEqual(reached({}), [])
  assert.deepEqual(reached({ recipient_id: '5491123456789', recipient_user_id: 'AR.9' }), [
    '+5491123456789',
    'AR.9',
  ])
  assert.deepEqual(reached({ recipient_id: 'Y2FwaV9ncm91cDox', recipient_type: 'group' }), [])
})

test('the signature is that of the body as it was sent', () => {
  const key = 'app_secret_example'
  const request = raw('{"object":"whatsapp_business_account","entry":[],"n":"\\u05d0 א"}')
  const hash = createHmac('sha256', key).update(request.rawBody).digest('hex')
  const signed = (value: string) => ({ ...request, headers: { 'x-hub-signature-256': value } })
  const secret = { ...keys, app_secret: key }
  assert.ok(isGenuine(signed(`sha256=${hash}`), secret))
  for (const wrong of ['', hash, `sha256=${'0'.repeat(64)}`, `sha1=${hash}`, `sha256=${hash}00`])
    assert.ok(!isGenuine(signed(wrong), secret), wrong)
  assert.ok(!isGenuine(request, secret))
  assert.ok(isGenuine(request, keys))
})

test('a handshake is answered for our own token only', () => {
  const ask = (query: string) => ({ ...raw(''), url: `https://b.test/webhook/meta?${query}` })
  const mine = { ...keys, verify_token: 'מילה' }
  const word = encodeURIComponent('מילה')
  const good = `hub.mode=subscribe&hub.challenge=42&hub.verify_token=${word}`
  assert.equal(handshake(ask(good), mine), '42')
  assert.equal(handshake(ask(good), keys), null)
  assert.equal(handshake(ask(good.replace('subscribe', 'unsubscribe')), mine), null)
  assert.equal(handshake(ask('hub.mode=subscribe&hub.challenge=42'), mine), null)
  assert.equal(handshake(ask(''), mine), null)
  for (const other of ['', '%3Cscript%3E', 'a%0d%0ab', 'a'.repeat(201)])
    assert.equal(handshake(ask(good.replace('42', other)), mine), null, other)
})
