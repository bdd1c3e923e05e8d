/** What of a body is kept: never a secret, never more than a little. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shortened, withoutSecrets } from './shorten.ts'

const short = (value: unknown) => JSON.parse(shortened(value) ?? 'null')

test('secrets are hidden by the names of their fields, at every depth', () => {
  const body = {
    name: 'n8n',
    password: 'violet tractor ninety',
    to: { push_token: 'abc', email: 'ada@example.com' },
    settings: { host: 'smtp.example.com', user: 'u' },
    list: [{ api_key: 'bk_live_1', key: 'bk_live_2', webhook_url: 'https://example.com/T0/B0' }],
    code: '123456',
  }
  assert.deepEqual(short(body), {
    name: 'n8n',
    password: '[hidden]',
    to: { push_token: '[hidden]', email: 'ada@example.com' },
    settings: '[hidden]',
    list: [{ api_key: '[hidden]', key: '[hidden]', webhook_url: '[hidden]' }],
    code: '[hidden]',
  })
})

test('the code of a problem is none, and neither is a yes or no', () => {
  assert.deepEqual(short({ status: 422, code: 'invalid_input' }).code, 'invalid_input')
  assert.deepEqual(short({ has_token: true }), { has_token: true })
})

test('secrets in addresses are hidden, wherever the address stands', () => {
  assert.equal(
    withoutSecrets('/x?token=abc&limit=5&api_key=k#end'),
    '/x?token=[hidden]&limit=5&api_key=[hidden]#end',
  )
  assert.deepEqual(short({ url: 'https://example.com/hook?secret=abc' }), {
    url: 'https://example.com/hook?secret=[hidden]',
  })
})

test('other words for a secret are known, and what is one by its look', () => {
  const named = { apikey: 'a', 'X-Api-Key': 'a', access_key: 'a', pwd: 'a', auth: { pass: 'a' } }
  assert.deepEqual([...new Set(Object.values(short(named)))], ['[hidden]'])
  assert.equal(
    withoutSecrets('/x?api-key=a&jwt=b&limit=5;token=c&secret[]=d&authorization=Bearer%20e'),
    '/x?api-key=[hidden]&jwt=[hidden]&limit=5;token=[hidden]&secret[]=[hidden]&authorization=[hidden]',
  )
  const looks = {
    [`Authorization: Bearer ${'a1'.repeat(10)}`]: 'Authorization: Bearer [hidden]',
    bk_live_abc_def: 'bk_live_[hidden]',
    'smtp://me:pass@mail.example.com': 'smtp://me:[hidden]@mail.example.com',
    'https://hooks.slack.com/services/T0/B0/x': 'https://hooks.slack.com/services/[hidden]',
    'the bearer of https://example.com:8000/a': 'the bearer of https://example.com:8000/a',
  }
  for (const [text, hidden] of Object.entries(looks)) assert.equal(short({ text }).text, hidden)
})

test('files are left out, long texts and lists are cut and say so', () => {
  const given = short({
    html: 'x'.repeat(2_000),
    attachments: [{ filename: 'plan.pdf', content: 'aGVsbG8='.repeat(10) }],
    items: [1, 2, 3, 4, 5, 6, 7],
  })
  assert.equal(given.html, `${'x'.repeat(500)}… [2000 characters]`)
  assert.equal(given.attachments[0].content, '[a file, 80 characters]')
  assert.deepEqual(given.items, [1, 2, 3, 4, 5, '… [2 more]'])
  assert.equal(short(Buffer.from('a,b')), '[3 bytes]')
})

test('what is kept is bounded and can be stored, whatever is sent', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = shortened(value)
      if (text === null) return
      assert.ok(text.length < 60_000 && text.isWellFormed() && !text.includes('\0'))
      JSON.parse(text)
    }),
  )
  const many = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, n) => [`f${n}`, 'y'.repeat(99)]),
  )
  assert.ok((shortened([many, many, many]) ?? '').length < 12_000)
})
