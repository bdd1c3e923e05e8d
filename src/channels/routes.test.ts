import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { testEngine } from '../../test/helpers/engine.ts'
import { testServer } from '../../test/helpers/server.ts'
import { newSigningSecret } from '../../test/helpers/signingSecret.ts'
import { inWorkspace } from '../db/db.ts'
import { providers } from './registry.ts'
import { providerRoutes } from './routes.ts'

const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database, { start: false })
const { directories, sealing, workspaceId } = engine
let activated = 0
const deps = {
  db,
  sealing,
  senders: directories.senders,
  publicUrl: 'https://beckon.test',
  onActivated: () => {
    activated++
  },
}
const server = await testServer([providerRoutes(deps)], { db })
const call = server(workspaceId)

const PASSWORD = 'correct horse battery'
const smtp = {
  host: 'smtp.example.com',
  from_email: 'team@example.com',
  user: 'u',
  password: PASSWORD,
}
const create = async (body: object) => {
  const answer = await call('POST', '/providers', body)
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}
const createSmtp = (settings: object = {}) =>
  create({ channel: 'email', provider: 'smtp', settings: { ...smtp, ...settings } })
const pointers = (answer: { json: { errors: { pointer: string }[] } }) =>
  answer.json.errors.map(({ pointer }) => pointer)

async function storedSettings(id: string) {
  const [row] = await db.engine<
    { settings: string }[]
  >`select settings from senders where id = ${id}`
  const sealed = row?.settings ?? ''
  const text = sealing.unseal(sealed, `${workspaceId}|senders|settings|${id}`)
  return { sealed, settings: JSON.parse(text) }
}

test('a sender is added, its secret sealed at rest and masked in every answer', async () => {
  const made = await create({
    channel: 'email',
    provider: 'smtp',
    name: 'Post office',
    settings: smtp,
  })
  assert.equal(made.name, 'Post office')
  assert.equal(made.settings.password, '••••tery')
  assert.equal(made.settings.port, 587)
  assert.deepEqual([made.status, made.origin, made.on_unknown], ['active', 'member', 'hold'])
  assert.deepEqual(made.circuit, { open_until: null, reason: null })
  assert.equal(made.callback_url, null)
  const { sealed, settings } = await storedSettings(made.id)
  assert.ok(!sealed.includes(PASSWORD) && !sealed.includes('smtp.example.com'))
  assert.equal(settings.password, PASSWORD)
  const path = `/providers/${made.id}`
  const answers = await Promise.all([
    call('GET', path),
    call('GET', '/providers?limit=100'),
    call('PUT', path, { name: 'Mail' }),
    call('PUT', `${path}/status`, { status: 'paused' }),
    call('POST', `${path}/copy`, {}),
    call('POST', '/providers', { channel: 'email', provider: 'smtp', settings: smtp }),
    call('POST', '/providers', {
      channel: 'email',
      provider: 'smtp',
      settings: { ...smtp, port: 0 },
    }),
  ])
  for (const { text, status } of answers) {
    assert.ok(status < 500, text)
    assert.ok(!text.includes(PASSWORD), text)
  }
  const audit = await inWorkspace(db, workspaceId, (tx) => tx`select * from audit_entries`)
  assert.ok(!JSON.stringify(audit).includes(PASSWORD))
  assert.ok(audit.some((entry) => entry['action'] === 'sender.created'))
})

test('a short secret shows nothing of itself', async () => {
  assert.equal((await createSmtp({ password: 'short' })).settings.password, '••••')
})

test('the directory has the new sender at once, with its settings open', async () => {
  const made = await createSmtp({ user: 'opened' })
  const found = await directories.senders.find(workspaceId, made.id)
  assert.partialDeepStrictEqual(found?.settings, { user: 'opened', password: PASSWORD })
})

test('what is wrong is named by its setting', async () => {
  const table: [object, string[]][] = [
    [{ provider: 'smtp', settings: { host: 'smtp.example.com' } }, ['/settings/from_email']],
    [{ provider: 'smtp', settings: { ...smtp, port: 'x' } }, ['/settings/port']],
    [{ provider: 'smtp', settings: { ...smtp, hots: 'x' } }, ['/settings/hots']],
    [{ provider: 'smtp', settings: { ...smtp, password: '••••tery' } }, ['/settings/password']],
    [{ provider: 'pigeon', settings: {} }, ['/provider']],
    [{ provider: 'discord', settings: {} }, ['/provider']],
  ]
  for (const [body, expected] of table) {
    const answer = await call('POST', '/providers', { channel: 'email', ...body })
    assert.equal(answer.status, 422, answer.text)
    assert.deepEqual(pointers(answer), expected)
  }
})

test('what members type leads nowhere private', async () => {
  const secret = newSigningSecret()
  const table: [string, string, object, string][] = [
    ['webhook', 'webhook', { url: 'https://10.0.0.1/', signing_secret: secret }, '/settings/url'],
    [
      'webhook',
      'webhook',
      { url: 'http://x.example.com/', signing_secret: secret },
      '/settings/url',
    ],
    ['teams', 'teams', { webhook_url: 'https://localhost/x' }, '/settings/webhook_url'],
    [
      'discord',
      'discord',
      { webhook_url: 'https://discord.com/api/webhooks/1/x', base_url: 'https://169.254.169.254/' },
      '/settings/base_url',
    ],
    ['email', 'smtp', { ...smtp, host: '127.0.0.1' }, '/settings/host'],
    ['email', 'smtp', { ...smtp, host: '::1' }, '/settings/host'],
    ['email', 'smtp', { ...smtp, host: 'localhost' }, '/settings/host'],
  ]
  for (const [channel, provider, settings, pointer] of table) {
    const answer = await call('POST', '/providers', { channel, provider, settings })
    assert.equal(answer.status, 422, answer.text)
    assert.deepEqual(pointers(answer), [pointer])
    if (provider === 'smtp') assert.match(answer.json.errors[0].detail, /SMTP_URL and EMAIL_FROM/)
  }
})

test('a change keeps what it leaves out, and a masked secret sent back', async () => {
  const made = await createSmtp({ from_name: 'Team' })
  const path = `/providers/${made.id}`
  const change = {
    settings: { ...made.settings, from_name: null, user: 'v' },
    position: 9,
    per_second: 2,
  }
  const changed = (await call('PUT', path, change)).json
  assert.deepEqual([changed.position, changed.limits.per_second], [9, 2])
  assert.deepEqual([changed.settings.user, changed.settings.from_name], ['v', undefined])
  assert.equal((await storedSettings(made.id)).settings.password, PASSWORD)
  await call('PUT', path, { settings: { password: 'a new and longer one' }, per_second: null })
  assert.equal((await storedSettings(made.id)).settings.password, 'a new and longer one')
  const old = await call('PUT', path, { settings: { password: '••••tery' } })
  assert.deepEqual(pointers(old), ['/settings/password'])
  const last = (await call('GET', path)).json
  assert.equal(last.limits.per_second, null)
})

test('what a message costs is kept, with its currency, until it is not known again', async () => {
  const made = await createSmtp()
  const path = `/providers/${made.id}`
  assert.equal(made.cost, null)
  const cost = { amount: 0.0045, currency: 'EUR' }
  assert.deepEqual((await call('PUT', path, { cost })).json.cost, cost)
  assert.deepEqual((await call('PUT', path, { name: 'Other' })).json.cost, cost)
  const wrong = await call('PUT', path, { cost: { amount: -1, currency: 'euro' } })
  assert.deepEqual(pointers(wrong), ['/cost/amount', '/cost/currency'])
  assert.equal((await call('PUT', path, { cost: null })).json.cost, null)
})

test('a kept secret is not sent to another address', async () => {
  const made = await createSmtp()
  const path = `/providers/${made.id}`
  const moved = await call('PUT', path, {
    settings: { ...made.settings, host: 'evil.example.com' },
  })
  assert.equal(moved.status, 422)
  assert.deepEqual(pointers(moved), ['/settings/password'])
  const copied = await call('POST', `${path}/copy`, { settings: { host: 'evil.example.com' } })
  assert.deepEqual(pointers(copied), ['/settings/password'])
  const both = { host: 'mx.example.com', password: PASSWORD }
  assert.equal((await call('PUT', path, { settings: both })).status, 200)
})

test('two changes at once are both kept', async () => {
  const made = await createSmtp()
  const path = `/providers/${made.id}`
  await Promise.all([
    call('PUT', path, { settings: { from_name: 'A' } }),
    call('PUT', path, { settings: { user: 'B' } }),
  ])
  const { settings } = await storedSettings(made.id)
  assert.deepEqual([settings.from_name, settings.user], ['A', 'B'])
})

test('new senders come behind the others of their channel', async () => {
  const [first, second] = [await createSmtp(), await createSmtp()]
  assert.ok(second.position > first.position)
})

test('the order of a channel is set for all of its senders at once', async () => {
  const all = async () =>
    (await call('GET', '/providers?limit=100')).json.data.filter(
      ({ channel, origin }: { channel: string; origin: string }) =>
        channel === 'email' && origin !== 'builtin',
    )
  const [added] = [await createSmtp()]
  const ids: string[] = (await all()).map(({ id }: { id: string }) => id)
  const wanted = ids.toReversed()
  assert.equal(wanted[0], added.id)
  const body = { channel: 'email', ids: wanted }
  const ordered = (await call('PUT', '/providers/order', body)).json.data
  assert.deepEqual(ordered.map(({ id }: { id: string }) => id).slice(0, ids.length), wanted)
  assert.deepEqual(
    (await all()).map(({ position }: { position: number }) => position),
    wanted.map((_, at) => at + 1),
  )
  for (const bad of [wanted.slice(1), [...wanted.slice(1), wanted[1]]])
    assert.equal((await call('PUT', '/providers/order', { ...body, ids: bad })).status, 409)
})

test('a sender of the environment is changed there, or copied', async () => {
  const settings = { webhook_url: 'https://discord.com/api/webhooks/1/token-of-the-operator' }
  const id = await engine.addSender({ channel: 'discord', provider: 'discord', settings })
  const path = `/providers/${id}`
  const refused = await call('PUT', path, { name: 'mine' })
  assert.equal(refused.status, 409)
  assert.match(refused.json.detail, /environment.*copy/)
  assert.equal((await call('DELETE', path)).status, 409)
  const paused = await call('PUT', `${path}/status`, { status: 'paused', reason: 'holiday' })
  assert.deepEqual([paused.json.status, paused.json.status_reason], ['paused', 'By hand: holiday'])
  const copy = (await call('POST', `${path}/copy`, { name: 'mine' })).json
  assert.deepEqual([copy.name, copy.origin, copy.status], ['mine', 'member', 'active'])
  assert.deepEqual((await storedSettings(copy.id)).settings, settings)
  const local = await engine.addSender({
    channel: 'slack',
    provider: 'slack',
    settings: { webhook_url: 'http://127.0.0.1:1/hook' },
  })
  assert.deepEqual(pointers(await call('POST', `/providers/${local}/copy`)), [
    '/settings/webhook_url',
  ])
})

test('the sandbox stays', async () => {
  const list = (await call('GET', '/providers?channel=sms')).json.data
  const path = `/providers/${list[0].id}`
  assert.equal(list[0].origin, 'builtin')
  assert.equal((await call('PUT', `${path}/status`, { status: 'disabled' })).status, 409)
  assert.equal((await call('DELETE', path)).status, 409)
})

test('active again, a sender’s circuit is closed and what waits for it is due', async () => {
  const made = await create({ channel: 'voice', provider: 'sandbox', name: 'second' })
  const path = `/providers/${made.id}`
  await engine.accept({ to: '+972501234567', channel: 'voice', message: 'x', sender_id: made.id })
  await call('PUT', `${path}/status`, { status: 'paused' })
  await db.engine`update lanes set next_due = 'infinity' where sender_id = ${made.id}`
  await db.engine`
    update senders set breaker_open_until = ${clock.now()}, breaker_reason = 'x' where id = ${made.id}
  `
  const before = activated
  const active = (await call('PUT', `${path}/status`, { status: 'active' })).json
  assert.deepEqual([active.status, active.status_reason], ['active', null])
  assert.deepEqual(active.circuit, { open_until: null, reason: null })
  const [lane] = await db.engine`select next_due, touched from lanes where sender_id = ${made.id}`
  assert.deepEqual(lane?.['nextDue'], clock.now())
  assert.equal(activated, before + 1)
  const refused = await call('DELETE', path)
  assert.equal(refused.status, 409)
  assert.match(refused.json.detail, /Disable it instead/)
})

test('a sender that has sent nothing is removed', async () => {
  const made = await createSmtp()
  assert.equal((await call('DELETE', `/providers/${made.id}`)).status, 204)
  assert.equal((await call('GET', `/providers/${made.id}`)).status, 404)
  assert.equal(await directories.senders.find(workspaceId, made.id), undefined)
})

test('a check says in plain words whether the settings work', async () => {
  const vendor = createServer((request, response) => {
    const known = request.url?.endsWith('/good')
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
    response.end(known ? '{"id":"1"}' : '{"code":50027,"message":"Invalid Webhook Token"}')
  }).listen(0, '127.0.0.1')
  after(() => vendor.close())
  await once(vendor, 'listening')
  const { port } = vendor.address() as AddressInfo
  const check = async (token: string) => {
    const settings = { webhook_url: `http://127.0.0.1:${port}/api/webhooks/1/${token}` }
    const id = await engine.addSender({ channel: 'discord', provider: 'discord', settings })
    return (await call('POST', `/providers/${id}/check`)).json
  }
  assert.deepEqual(await check('good'), { ok: true, detail: 'discord works.' })
  const bad = await check('bad-token-that-is-secret')
  assert.equal(bad.ok, false)
  assert.match(bad.detail, /401.*Invalid Webhook Token/)
  assert.ok(!JSON.stringify(bad).includes('bad-token-that-is-secret'))
})

test('lists go on where the page before ended, in order of use', async () => {
  const all = (await call('GET', '/providers?limit=100')).json.data
  const ids: string[] = []
  for (let cursor = ''; ; ) {
    const page = (await call('GET', `/providers?limit=7${cursor && `&cursor=${cursor}`}`)).json
    ids.push(...page.data.map(({ id }: { id: string }) => id))
    if (!page.has_more) break
    cursor = page.next_cursor
  }
  assert.deepEqual(
    ids,
    all.map(({ id }: { id: string }) => id),
  )
  const active = (await call('GET', '/providers?channel=email&status=active')).json.data
  assert.ok(active.every((each: { channel: string }) => each.channel === 'email'))
})

test('settings that no longer open are shown as such, and the list still answers', async () => {
  const made = await createSmtp()
  await db.engine`update senders set settings = 'v1.elsewhere.AAAA.AAAA' where id = ${made.id}`
  const shown = (await call('GET', `/providers/${made.id}`)).json
  assert.equal(shown.settings, null)
  assert.ok(shown.settings_fault)
  assert.equal((await call('GET', '/providers')).status, 200)
  assert.equal((await call('DELETE', `/providers/${made.id}`)).status, 204)
})

test('the catalog describes every provider, with its secrets marked', async () => {
  const { data } = (await call('GET', '/providers/catalog')).json
  assert.equal(data.length, providers.length)
  const entry = data.find((each: { id: string }) => each.id === 'smtp')
  const { password, host } = entry.settings.properties
  assert.deepEqual([password.secret, password.writeOnly, host.secret], [true, true, undefined])
  assert.deepEqual(entry.settings.required, ['host', 'from_email'])
  // Masking looks at the top level only.
  for (const each of data) {
    for (const [name, schema] of Object.entries<{ type?: string }>(each.settings.properties)) {
      assert.notEqual(schema.type, 'object', `${each.id}.${name}`)
    }
  }
})

test('another workspace sees nothing of it', async () => {
  const { id } = await createSmtp()
  const stranger = server(await engine.addWorkspace('strangers'))
  const path = `/providers/${id}`
  for (const [method, url, body] of [
    ['GET', path],
    ['PUT', path, { name: 'x' }],
    ['DELETE', path],
    ['PUT', `${path}/status`, { status: 'paused' }],
    ['POST', `${path}/check`],
    ['POST', `${path}/copy`, {}],
  ] as const) {
    assert.equal((await stranger(method, url, body)).status, 404, `${method} ${url}`)
  }
  const list = (await stranger('GET', '/providers?limit=100')).json.data
  assert.deepEqual(
    list.filter((each: { origin: string }) => each.origin !== 'builtin'),
    [],
  )
})
