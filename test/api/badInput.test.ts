/**
 * Requests that are wrong in what they say: each gets a problem that names the field, stores
 * nothing, and the next request works. The wire has its own file.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { addTenant } from '../helpers/tenant.ts'
import { brokenJson } from './brokenJson.ts'
import { addressOf, type Case, methodOf, table } from './table.ts'

const app = await startTestApp(await testDatabase())
const apple = await addTenant(app, 'apple')
const before = await app.rowCounts()
const unhandled: unknown[] = []
process.on('unhandledRejection', (error) => unhandled.push(error))

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.call('POST', path, body, { ...apple.key, ...headers })

function isProblem(answer: Answer, status: number, pointer?: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  const { json } = answer
  assert.equal(json.status, status)
  for (const field of ['type', 'title', 'code', 'detail', 'request_id'])
    assert.ok(json[field], `${field} is missing: ${answer.text}`)
  assert.equal(answer.headers.get('x-request-id'), json.request_id)
  if (pointer === undefined) return
  const pointers = (json.errors ?? []).map((each: { pointer: string }) => each.pointer)
  assert.ok(pointers.includes(pointer), `${pointer} is not named: ${answer.text}`)
}

const takesJson = Object.entries(table).filter(
  ([name, { body, type }]) => body && !type && !name.includes('/webhook/'),
) as [string, Case & Required<Pick<Case, 'body'>>][]

function send(name: string, each: Case, body: unknown): Promise<Answer> {
  const who = each.access === 'person' ? apple.session : each.access === 'open' ? {} : apple.key
  return app.call(methodOf(name), addressOf(name, each, apple), body, who)
}

test(`each of ${brokenJson.length} broken bodies is malformed on every route that takes JSON`, async () => {
  for (const [name, each] of takesJson) {
    const answers = await Promise.all(brokenJson.map((body) => send(name, each, body)))
    for (const [at, answer] of answers.entries()) {
      assert.equal(answer.status, 400, `${name} ${brokenJson[at]}: ${answer.text}`)
      isProblem(answer, 400)
    }
  }
})

const strange: Readonly<Record<string, string>> = {
  'a name twice': '{"name":"a","name":"b"}',
  'a number too large': '{"name":1e400}',
  'a number with too many digits': '{"name":12345678901234567890}',
  'a NUL': '{"name":"a\\u0000b"}',
  'half a surrogate pair': '{"name":"\\ud83d"}',
}
for (const [what, body] of Object.entries(strange)) {
  test(`${what} is malformed, and its place is told, on every route that takes JSON`, async () => {
    for (const [name, each] of takesJson) isProblem(await send(name, each, body), 400, '/name')
  })
}

test('nesting 10,000 and 100,000 deep is malformed on every route that takes JSON', async () => {
  for (const depth of [10_000, 100_000]) {
    const bodies = [
      '['.repeat(depth) + ']'.repeat(depth),
      `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    ]
    for (const [name, each] of takesJson)
      for (const body of bodies) isProblem(await send(name, each, body), 400)
  }
})

test('a body of another kind of JSON, or none, is told from an object on every route', async () => {
  for (const [name, each] of takesJson) {
    for (const body of ['5', '"text"', 'true', '[]', '[[]]', '[null]']) {
      const answer = await send(name, each, body)
      assert.equal(answer.status, 422, `${name} ${body}: ${answer.status} ${answer.text}`)
      isProblem(answer, 422)
      assert.ok(answer.json.errors.length > 0, answer.text)
    }
  }
})

/** Fields of the table's bodies, each given as something that it is not. */
test('a field of a wrong type is named, on every route that takes JSON', async () => {
  for (const [name, each] of takesJson) {
    const good = each.body(apple, 'wrong-type') as Record<string, unknown>
    for (const field of Object.keys(good)) {
      for (const value of wrongFor(good[field])) {
        const answer = await send(name, each, { ...good, [field]: value })
        const said = `${name} ${field} ${JSON.stringify(value)}: ${answer.status} ${answer.text}`
        const isVerdict = name === 'POST /journeys/validate' && answer.json.valid === false
        assert.ok(answer.status === 422 || isVerdict, said)
        const pointers = answer.json.errors.map(({ pointer }: { pointer: string }) => pointer)
        assert.ok(
          pointers.some((each: string) => each.startsWith(`/${field}`)),
          said,
        )
      }
    }
  }
})

function wrongFor(value: unknown): unknown[] {
  if (typeof value === 'string') return [5, true, {}, [5]]
  if (typeof value === 'boolean') return ['yes', 1, {}, []]
  if (typeof value === 'number') return ['text', 1.5, true, {}, [5]]
  if (Array.isArray(value)) return ['text', 5, {}, [{}], [5]]
  return ['text', 5, true, [], [{}]]
}

const good = { recipient_id: 'somebody', channel: 'email', subject: 'a', message: 'b' }
const sms = { recipient_id: 'somebody', channel: 'sms', message: 'b' }
const long = 'x'.repeat(1_000_001)
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

/** Bodies of POST /notifications and the field that each is wrong in. */
const messages: readonly [what: string, body: object, pointer: string][] = [
  ['an unknown channel', { ...good, channel: 'pigeon' }, '/channel'],
  ['a channel in capitals', { ...good, channel: 'Email' }, '/channel'],
  ['a subject of two lines', { ...good, subject: 'a\r\nBcc: b@example.com' }, '/subject'],
  ['a subject with a carriage return', { ...good, subject: 'a\rb' }, '/subject'],
  ['a name of two lines', { ...good, to: { email: 'a@example.com', name: 'a\nb' } }, '/to/name'],
  [
    'a file name of two lines',
    { ...good, attachments: [{ filename: 'a\nb', content: '' }] },
    '/attachments/0/filename',
  ],
  ['no channel', { recipient_id: 'a', message: 'b' }, '/channel'],
  [
    'an unknown template',
    { recipient_id: 'a', channel: 'email', template_id: 'none' },
    '/template_id',
  ],
  ['an unknown sender', { ...good, sender_id: crypto.randomUUID() }, '/sender_id'],
  ['a sender of another channel', { ...good, sender_id: apple.sender }, '/sender_id'],
  ['a sender that is no id', { ...good, sender_id: 'mine' }, '/sender_id'],
  [
    'a missing variable',
    { recipient_id: 'a', channel: 'email', template_id: apple.template },
    '/template_variables/name',
  ],
  [
    'a template and content',
    { ...good, template_id: apple.template, template_variables: { name: 'a' } },
    '/message',
  ],
  ['variables without a template', { ...good, template_variables: {} }, '/template_variables'],
  ['nobody', { channel: 'email', subject: 'a', message: 'b' }, '/recipient_id'],
  ['an empty recipient', { ...good, recipient_id: '' }, '/recipient_id'],
  ['a recipient that is too long', { ...good, recipient_id: 'x'.repeat(256) }, '/recipient_id'],
  ['no content', { recipient_id: 'a', channel: 'sms' }, '/message'],
  ['blank content', { ...sms, message: '  \n ' }, '/message'],
  ['no subject', { recipient_id: 'a', channel: 'email', message: 'b' }, '/subject'],
  ['html in an sms', { ...sms, html: '<b>b</b>' }, '/html'],
  ['a text that is too long', { ...sms, message: long }, '/message'],
  ['an address that is none', { ...good, to: 'not an address' }, '/to'],
  ['an address with a line break', { ...good, to: 'a@example.com\r\nBcc: b@example.com' }, '/to'],
  ['two addresses in one', { ...good, to: 'a@example.com, b@example.com' }, '/to'],
  ['an address inside a name', { ...good, to: '"a@evil.test x"@example.com' }, '/to'],
  ['a number that is none', { ...sms, to: '12' }, '/to'],
  ['a number of no country', { ...sms, to: '+999 1234567' }, '/to'],
  ['an address object with a wrong email', { ...good, to: { email: 'x' } }, '/to/email'],
  ['an address object with a wrong phone', { ...sms, to: { phone: 'x' } }, '/to/phone'],
  ['an unknown field', { ...good, recipent_id: 'a' }, '/recipent_id'],
  ['an unknown field inside', { ...good, to: { mail: 'x' } }, '/to/mail'],
  ['an unknown priority', { ...good, priority: 'highest' }, '/priority'],
  ['a date that is none', { ...good, scheduled_at: 'tomorrow' }, '/scheduled_at'],
  ['a date without a zone', { ...good, scheduled_at: '2099-01-01T10:00:00' }, '/scheduled_at'],
  ['a day that does not exist', { ...good, scheduled_at: '2099-02-30T10:00:00Z' }, '/scheduled_at'],
  ['a date as a number', { ...good, scheduled_at: 4_070_908_800 }, '/scheduled_at'],
  ['a year beyond all', { ...good, scheduled_at: '+275761-01-01T00:00:00Z' }, '/scheduled_at'],
  [
    'a year that nobody will see',
    { ...good, scheduled_at: '9999-01-01T00:00:00Z' },
    '/scheduled_at',
  ],
  ['an end in the past', { ...good, expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
  [
    'an end before its time',
    { ...good, scheduled_at: inDays(2), expires_at: inDays(1) },
    '/expires_at',
  ],
  ['an unknown fallback', { ...good, fallback_channels: ['fax'] }, '/fallback_channels/0'],
  ['both ways of routing', { ...good, routing: { channels: ['sms'] } }, '/routing'],
  [
    'no channel to route by',
    { recipient_id: 'a', message: 'b', routing: { channels: [] } },
    '/routing/channels',
  ],
  [
    'an unknown method',
    { recipient_id: 'a', message: 'b', routing: { method: 'any', channels: ['sms'] } },
    '/routing/method',
  ],
  [
    'a file that is no base64',
    { ...good, attachments: [{ filename: 'a', content: '***' }] },
    '/attachments/0/content',
  ],
  [
    'a file of a broken type',
    { ...good, attachments: [{ filename: 'a', content: '', content_type: 'a\r\nb: c' }] },
    '/attachments/0/content_type',
  ],
  [
    'a file with a path',
    { ...good, attachments: [{ filename: 'a', path: '/etc/passwd' }] },
    '/attachments/0/path',
  ],
  [
    'too many files',
    { ...good, attachments: Array.from({ length: 21 }, () => ({ filename: 'a', content: '' })) },
    '/attachments',
  ],
  [
    'a file on a channel that takes none',
    { ...good, channel: 'push', attachments: [{ filename: 'a', content: '' }] },
    '/attachments',
  ],
  ['metadata that is no object', { ...good, metadata: [] }, '/metadata'],
  ['a category that is too long', { ...good, category: 'x'.repeat(101) }, '/category'],
  ['a category of two lines', { ...good, category: 'a\nb' }, '/category'],
  ['a category that means all', { ...good, category: '*' }, '/category'],
  ['a language that is none', { ...good, locale: '!!' }, '/locale'],
  ['a subject that is too long', { ...good, subject: 'x'.repeat(999) }, '/subject'],
  ['tracking that is neither', { ...good, tracking: 'yes' }, '/tracking'],
]

for (const [what, body, pointer] of messages) {
  test(`a message with ${what} is refused at ${pointer}`, async () => {
    isProblem(await post('/notifications', body), 422, pointer)
    isProblem(await post('/notifications/send', body), 422, pointer)
    const batch = [good, body, good]
    isProblem(await post('/notifications', batch), 422, `/1${pointer}`)
  })
}

test('a batch of none, and of 1,001, is refused', async () => {
  isProblem(await post('/notifications', []), 422)
  isProblem(
    await post(
      '/notifications',
      Array.from({ length: 1_001 }, () => good),
    ),
    422,
    '',
  )
  isProblem(
    await post(
      '/events',
      Array.from({ length: 1_001 }, () => ({ name: 'a' })),
    ),
    422,
  )
  isProblem(await post('/events', []), 422)
  const ids = Array.from({ length: 1_001 }, () => crypto.randomUUID())
  isProblem(await post('/notifications/redrive', { ids }), 422, '/ids')
})

test('a batch of 1,000 with one fault at its end takes none', async () => {
  const batch = [...Array.from({ length: 999 }, () => good), { ...good, channel: 'sms', to: 'x' }]
  isProblem(await post('/notifications', batch), 422, '/999/to')
})

const others: readonly [what: string, path: string, body: object, pointer: string][] = [
  ['an email that is none', '/contacts', { email: 'x' }, '/email'],
  ['a phone that is none', '/contacts', { phone: '1' }, '/phone'],
  ['an unknown locale', '/contacts', { locale: 'not a locale' }, '/locale'],
  ['an unknown zone', '/contacts', { time_zone: 'Mars/Olympus' }, '/time_zone'],
  [
    'an unknown kind',
    '/contacts',
    { addresses: [{ kind: 'fax', address: '1' }] },
    '/addresses/0/kind',
  ],
  ['a suppression of nothing', '/suppressions', { kind: 'email', address: 'x' }, '/address'],
  [
    'a suppression that is over',
    '/suppressions',
    { kind: 'email', address: 'a@example.com', expires_at: '2020-01-01T00:00:00Z' },
    '/expires_at',
  ],
  ['a consent of nobody', '/consents', { granted: true }, '/contact_id'],
  ['an event of a broken name', '/events', { name: '1 2' }, '/name'],
  ['an event of ours', '/events', { name: 'message.opened' }, '/name'],
  ['an event of a broken date', '/events', { name: 'a', at: 'now' }, '/at'],
  ['a template without a channel', '/templates', { name: 'a' }, '/channel'],
  [
    'a template that does not parse',
    '/templates',
    { name: 'a', channel: 'sms', text: '{% if %}' },
    '/text',
  ],
  [
    'a sender of an unknown provider',
    '/providers',
    { channel: 'email', provider: 'pigeon' },
    '/provider',
  ],
  [
    'a sender with missing settings',
    '/providers',
    { channel: 'webhook', provider: 'webhook', settings: {} },
    '/settings/url',
  ],
  [
    'a sender that leads inside',
    '/providers',
    {
      channel: 'webhook',
      provider: 'webhook',
      settings: { url: 'http://127.0.0.1/', signing_secret: `whsec_${'a'.repeat(32)}` },
    },
    '/settings/url',
  ],
  [
    'a member of a broken email',
    '/members',
    { email: 'x', role: 'viewer', password: 'violet tractor ninety' },
    '/email',
  ],
  [
    'a member of an unknown role',
    '/members',
    { email: 'a@example.com', role: 'god', password: 'violet tractor ninety' },
    '/role',
  ],
  [
    'a member of a short password',
    '/members',
    { email: 'a@example.com', role: 'admin', password: 'short' },
    '/password',
  ],
  ['a key of an unknown scope', '/api-keys', { name: 'a', scopes: ['everything'] }, '/scopes/0'],
  [
    'a key that is past',
    '/api-keys',
    { name: 'a', scopes: ['contacts:read'], expires_at: '2020-01-01T00:00:00Z' },
    '/expires_at',
  ],
  ['a topic of a broken name', '/topics', { key: '<script>' }, '/key'],
  ['a reply to nothing', '/api/track/reply', { text: 'yes' }, '/message_id'],
]

for (const [what, path, body, pointer] of others) {
  test(`${what} is refused at ${pointer}`, async () => {
    isProblem(await post(path, body), 422, pointer)
  })
}

test('ids that are none are named too', async () => {
  for (const path of ['/notifications/1', '/callbacks/x', '/contacts/imports/x', '/members/x']) {
    const answer = await app.call('GET', path, undefined, apple.key)
    assert.ok([404, 422].includes(answer.status), answer.text)
    isProblem(answer, answer.status)
  }
  isProblem(await app.call('GET', '/notifications?limit=101', undefined, apple.key), 422, '/limit')
  isProblem(await app.call('GET', '/notifications?cursor=x', undefined, apple.key), 422, '/cursor')
  isProblem(await app.call('GET', '/notifications?status=x', undefined, apple.key), 422, '/status')
  isProblem(await app.call('GET', '/notifications?from=x', undefined, apple.key), 422, '/from')
})

test('cursors that look like ours, and years that the database does not know, are refused on every list', async () => {
  const get = (path: string) => app.call('GET', path, undefined, apple.key)
  const lists = ['/notifications', '/journey-drafts', '/api-requests', '/events', '/templates']
  const moment = '2026-13-45T00:00:00.000Z 01990000-0000-7000-8000-000000000000'
  for (const path of lists)
    for (const text of [
      '-'.repeat(36),
      '1 messages x',
      `1 events ${moment}`,
      `2 ${path} ${moment}`,
    ])
      for (const cursor of [text, Buffer.from(text).toString('base64url')])
        isProblem(await get(`${path}?cursor=${encodeURIComponent(cursor)}`), 422, '/cursor')
  for (const path of ['/notifications', '/api-requests', '/events', '/audit'])
    for (const at of ['0000-12-31T23:59:59Z', '9999-12-31T23:59:59-01:00'])
      isProblem(await get(`${path}?from=${at}`), 422, '/from')
  const far = await get('/api-requests?message_id=ffffffff-ffff-4fff-8fff-ffffffffffff')
  assert.deepEqual([far.status, far.json.data], [200, []])
})

test('text of every script is taken and given back byte by byte', async () => {
  const texts = [
    '\u202eright to left\u202c',
    'zero\u200bwidth\ufeffinside',
    '🏳️‍🌈👩‍👩‍👧‍👦 𝕬𝖉𝖆',
    'é'.normalize('NFC'),
    'é'.normalize('NFD'),
    'שלום עולם',
    '\u{10ffff}',
    "'; drop table contacts; --",
    '<script>alert(1)</script>',
  ]
  for (const name of texts) {
    const path = `/contacts/${apple.contact}`
    const answer = await app.call('PUT', path, { name, traits: { name } }, apple.key)
    assert.deepEqual([answer.status, answer.json.name, answer.json.traits.name], [200, name, name])
  }
})

test('of all this nothing was stored, and the next request works', async () => {
  assert.deepEqual(await app.rowCounts(), before)
  assert.equal((await app.call('GET', '/health')).status, 200)
  assert.deepEqual(unhandled, [])
})
