/**
 * Secrets with a mark in them are put everywhere a secret can be put, by requests that succeed and by such
 * as fail. Then the mark is looked for in every log line, in every row of the database as it lies on the
 * disk, and in what the API shows afterwards.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { connect } from '../../src/db/db.ts'
import { type ApiAnswer, api } from '../helpers/api.ts'
import { until } from '../helpers/until.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const mark = `mark${randomBytes(8).toString('hex')}`
const words = ['in a body', 'in a sender', 'in a password', 'in a key', 'in a callback'] as const
const secretOf = Object.fromEntries(words.map((word, n) => [word, `${mark}${n}`])) as Record<
  (typeof words)[number],
  string
> // the same keys
/** Base64 hides the mark, so this one is looked for as a whole. */
const signing = `whsec_${Buffer.from(secretOf['in a sender'].padEnd(32, 'x')).toString('base64')}`

const senders = [
  {
    ...{ channel: 'webhook', provider: 'webhook' },
    settings: { url: 'https://hooks.example.com/x', signing_secret: signing },
  },
  {
    ...{ channel: 'email', provider: 'smtp' },
    settings: {
      ...{ host: 'mail.example.com', port: 587, from_email: 'a@example.com' },
      ...{ user: 'a', password: secretOf['in a sender'] },
    },
  },
  {
    ...{ channel: 'whatsapp', provider: 'whatsapp' },
    settings: {
      ...{ token: secretOf['in a sender'], phone_number_id: '1234567890' },
      ...{ app_secret: secretOf['in a sender'], verify_token: secretOf['in a sender'] },
    },
  },
  {
    ...{ channel: 'discord', provider: 'discord' },
    settings: {
      webhook_url: `https://discord.com/api/webhooks/123456789012345678/${secretOf['in a sender']}`,
    },
  },
]

const world = await serverWorld()

test('S22', async (t) => {
  const password = `${secretOf['in a password']} of the owner`
  const server = await world.start({
    kept: 10_000_000,
    env: { LOG_LEVEL: 'debug', ADMIN_EMAIL: 'owner@example.com', ADMIN_PASSWORD: password },
  })
  const call = api(() => server.url, KEY)
  const answers: ApiAnswer[] = []
  const keep = async (...request: Parameters<typeof call>) => {
    const answer = await call(...request)
    answers.push(answer)
    return answer
  }
  const ids: string[] = []
  for (const sender of senders) {
    const made = await keep('POST', '/providers', { ...sender, name: sender.provider })
    assert.equal(made.status, 201, textOf(made))
    ids.push(made.json.id)
    await keep('POST', '/providers', { ...sender, name: sender.provider, oops: 1 })
    await keep('POST', `/providers/${made.json.id}/check`)
    await keep('PUT', `/providers/${made.json.id}`, { settings: { ...sender.settings, port: 'x' } })
  }
  await keep('POST', '/connectors', {
    ...{ connector: 'close', name: 'Close' },
    settings: { api_key: secretOf['in a sender'], polling_interval_seconds: 'soon' },
  })

  // Keys, passwords and cookies: right ones, wrong ones, and both in requests that fail.
  const made = await call('POST', '/api-keys', { name: 'marked', scopes: ['contacts:read'] })
  assert.equal(made.status, 201, textOf(made))
  const key: string = made.json.key
  const headers = { authorization: `Bearer ${key}` }
  assert.equal((await keep('GET', '/contacts', undefined, headers)).status, 200)
  for (const authorization of [`Bearer ${secretOf['in a key']}`, `Basic ${secretOf['in a key']}`])
    assert.equal((await keep('GET', '/contacts', undefined, { authorization })).status, 401)
  await keep('GET', `/contacts?oops=1`, undefined, { cookie: `__Host-sid=${secretOf['in a key']}` })
  const login = (given: string) =>
    keep('POST', '/auth/login', { email: 'owner@example.com', password: given })
  assert.equal((await login(password)).status, 200)
  assert.equal((await login(`${password}!`)).status, 401)
  await keep('POST', '/auth/login', { email: 'owner@example.com', password, oops: 1 })
  await keep('POST', '/setup', { token: secretOf['in a key'], email: 'x', password })
  await keep('POST', '/auth/password-reset', { token: secretOf['in a key'], password })
  for (const [at, id] of ids.entries())
    await keep('POST', `/webhook/${senders[at]?.provider}/${id}`, '{}', {
      ...{ authorization: `Bearer ${secretOf['in a callback']}` },
      ...{ 'x-hub-signature-256': `sha256=${secretOf['in a callback']}` },
    })

  // Messages may be read where they are; a log says nothing of their words.
  const text = secretOf['in a body']
  for (const channel of ['webhook', 'email', 'discord'])
    await call('POST', '/notifications', {
      ...{ channel, message: text, subject: text },
      ...(channel === 'email' ? { to: 'reader@example.org' } : {}),
    })
  await until('the messages to be tried', async () => {
    const rows = await world.db.engine`select from messages where attempt = 0 limit 1`
    return rows.count === 0
  })
  const shown = await lists(call)
  answers.push(...shown)
  const log = server.output()
  const hidden = Object.values(secretOf).filter((secret) => secret !== text)
  const rows = await rowsWith([...hidden, signing.slice(6), key])
  assert.notDeepEqual(await rowsWith([text]), [], 'nothing is found by this way of looking')
  assert.equal(await server.stop(), 0, log)

  const leaks = (said: string) => [mark, key, signing.slice(6)].some((each) => said.includes(each))
  const inAnswers = answers
    .map((answer) => textOf(answer).replaceAll(text, 'its text'))
    .filter(leaks)
  assert.deepEqual(inAnswers, [], 'shown by the API')
  assert.ok(!leaks(log), `in the log:\n${log}`)
  assert.deepEqual(rows, [], 'kept in the clear')
  t.diagnostic(
    `${words.length} kinds of secrets in ${senders.length} senders, logins, keys and callbacks: ` +
      `0 in ${answers.length} answers, 0 in ${log.length} characters of the finest log, 0 in ${tables} tables`,
  )
})

const textOf = ({ json }: ApiAnswer): string =>
  typeof json === 'string' ? json : JSON.stringify(json)

/** What the API shows of everything that was made. */
async function lists(call: ReturnType<typeof api>): Promise<ApiAnswer[]> {
  const paths = `/providers /connectors /api-keys /members /audit /callbacks /events /contacts /notifications
    /notifications/export.csv /contacts/export.csv /sync /workspaces /metrics /api/openapi.json`
  const answers: ApiAnswer[] = []
  for (const path of paths.split(/\s+/)) {
    const answer = await call('GET', path)
    assert.equal(answer.status, 200, `${path}: ${textOf(answer)}`)
    answers.push(answer)
  }
  return answers
}

let tables = 0

/** Tables that hold one of them, in any form that SQL shows. */
async function rowsWith(secrets: readonly string[]): Promise<string[]> {
  const sql = connect(world.address, { max: 1 })
  const names = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
  `
  const found: string[] = []
  for (const { name } of names) {
    const [row] = await sql.unsafe<{ n: number }[]>(
      `select count(*)::int as n from ${name} t where t::text like any ($1)`,
      [secrets.map((secret) => `%${secret}%`)],
    )
    if (row && row.n > 0) found.push(`${name}: ${row.n} rows`)
  }
  tables = names.length
  await sql.end()
  return found
}
