/** The command line as people use it: processes of their own, beside a server and without one. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandLine } from '../../test/helpers/commandLine.ts'

const PASSWORD = 'violet tractor ninety'

const line = commandLine()
const { home, dataDir, run, beckon, refused, startServer, stopServer } = line

const inAYear = new Date(Date.now() + 365 * 86_400_000).toISOString()

test('doctor names every fault of a broken environment at once, each with how to mend it', async () => {
  const env = { PORT: 'many', TIME_ZONE: 'Mars/Olympus', SMTP_URL: 'smtp://mail.example.com' }
  const { code, json } = await run(['doctor'], { env })
  assert.equal(code, 1)
  const faults = json.checks.filter((each: { status: string }) => each.status === 'fail')
  assert.deepEqual(
    faults.map(({ detail }: { detail: string }) => detail.split(':')[0]),
    ['PORT', 'TIME_ZONE', 'EMAIL_FROM'],
  )
  assert.ok(faults.every(({ mend }: { mend: string | null }) => mend))
})

test('doctor passes before the first start, and makes nothing', async () => {
  const { json } = await beckon('doctor')
  assert.equal(json.ok, true)
  assert.throws(() => statSync(dataDir), /ENOENT/)
})

test('a data folder that is a file is a failure', async () => {
  const path = join(home, 'file')
  writeFileSync(path, '')
  const { code, json } = await run(['doctor'], { env: { DATA_DIR: path } })
  assert.equal(code, 1)
  assert.ok(json.checks.some((each: { detail: string }) => each.detail.includes('not a folder')))
})

test('what is used wrongly is said as JSON on stderr', async () => {
  assert.match(await refused('usage', 'nonsense'), /unknown command/)
  assert.match(await refused('usage', 'user', 'create'), /--email/)
  assert.match(
    await refused('invalid_input', 'key', 'create', '--name', 'x', '--scopes', 'all,y'),
    /no scope/,
  )
})

test('config print hides secrets', async () => {
  const env = {
    ENCRYPTION_KEY: 'something long and secret',
    DATABASE_URL: 'postgres://ada:hush@db.example.com/beckon',
    SMTP_URL: 'smtp://ada:hush@mail.example.com',
    EMAIL_FROM: 'ada@example.com',
  }
  const { out, json } = await run(['config', 'print'], { env })
  assert.doesNotMatch(out, /hush|something long/)
  assert.equal(json.DATABASE_URL, 'postgres://ada:[hidden]@db.example.com/beckon')
  assert.equal(json.EMAIL_FROM, 'ada@example.com')
})

test('a port that is taken is said in a sentence, and everything is closed again', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = String(typeof address === 'object' ? address?.port : '')
  const { code, err } = await run(['serve'], { env: { PORT: port } })
  other.close()
  assert.equal(code, 1)
  assert.match(err, new RegExp(`^Another program listens on port ${port}\\. .*\n$`))
})

test('tools work without a server, several at once, and a message waits for a worker', async () => {
  const many = ['workspace', 'list']
  const ran = await Promise.all([beckon(...many), beckon(...many), beckon(...many)])
  assert.equal(ran.length, 3)
  const sent = await beckon(
    'send',
    '--channel',
    'email',
    '--to',
    'bob@example.com',
    '--subject',
    'Hi',
    '--message',
    'Hello',
  )
  assert.equal(sent.json.status, 'queued')
  assert.match(sent.err, /No worker runs/)
  await beckon('work', '--once')
  const { json } = await beckon('messages', 'show', sent.json.id)
  assert.equal(json.status, 'delivered')
  assert.ok(json.timeline.length >= 3)
})

test('the page behind the link of the first start makes the owner, who then signs in', async () => {
  const { url, lines } = await startServer()
  const link = lines.find((line) => line.startsWith('Create the owner'))!
  const path = /\/setup\/[\w-]+$/.exec(link)![0]
  assert.ok(link.endsWith(`: ${url}${path}`), 'it leads to the port that was taken')
  const asked = await fetch(url + path, { headers: { 'accept-language': 'he' } })
  assert.equal(asked.status, 200)
  assert.match(await asked.text(), /dir="rtl"/)
  const form = new URLSearchParams({ name: 'Ada', email: 'ada@example.com', password: PASSWORD })
  const made = await fetch(url + path, { method: 'POST', body: form, redirect: 'manual' })
  assert.equal(made.status, 303)
  assert.equal(made.headers.get('location'), '/app/start')
  assert.match(made.headers.getSetCookie().join(), /^sid=/)
  const signIn = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: PASSWORD }),
  })
  assert.equal(signIn.status, 200)
  const front = await fetch(`${url}/login`, { redirect: 'manual' })
  assert.equal(front.headers.get('location'), '/app')
  const app = await fetch(`${url}/app`)
  assert.equal(app.status, 200)
  assert.match(await app.text(), /<html lang="en" dir="ltr"/)
})

test('beside a running server, users, workspaces and keys are made and work at once', async () => {
  const { url } = line.server()
  const input = `${PASSWORD}\n`
  const create = ['user', 'create', '--email', 'lin@example.com', '--password-stdin']
  assert.equal((await run(create, { input })).code, 1, 'a second one needs a role')
  const user = await run([...create, '--role', 'editor', '--name', 'Lin'], { input })
  assert.equal(user.json.role, 'editor', user.err)
  const acme = await beckon('workspace', 'create', 'acme', '--country', 'il')
  assert.equal(acme.json.default_country, 'IL')
  assert.match(await refused('conflict', 'workspace', 'create', 'acme'), /already/)
  const joined = await beckon('user', 'create', '--email', 'lin@example.com', '--workspace', 'acme')
  assert.equal(
    joined.json.role,
    'owner',
    'who signs in already becomes the first owner without a password',
  )
  const people = (await beckon('user', 'list')).json
  assert.deepEqual(
    people.map(({ email, role }: { email: string; role: string }) => [email, role]),
    [
      ['ada@example.com', 'owner'],
      ['lin@example.com', 'editor'],
    ],
  )
  const status = async (key: string, path: string) =>
    (await fetch(url + path, { headers: { authorization: `Bearer ${key}` } })).status
  assert.equal(await status(acme.json.api_key.key, '/providers'), 200)
  const key = (
    await beckon('key', 'create', '--name', 'ci', '--scopes', 'contacts:read', '--expires', '30d')
  ).json
  assert.equal(await status(key.key, '/contacts'), 200)
  assert.equal(await status(key.key, '/providers'), 403)
  await beckon('key', 'revoke', key.id)
  const [first] = (await beckon('key', 'list')).json
  assert.ok(first.revoked_at)
  assert.equal('key' in first, false)
  const changed = await run(
    ['user', 'password', '--email', 'lin@example.com', '--password-stdin'],
    {
      input: 'forty quiet penguins\n',
    },
  )
  assert.equal(changed.code, 0, changed.err)
})

test('beside a running server, send waits for what its engine does', async () => {
  const send = ['send', '--channel', 'email', '--subject', 'Hi', '--message', 'Hello', '--wait']
  const sent = await beckon(...send, '--to', 'carol@example.com')
  assert.ok(['sent', 'delivered'].includes(sent.json.status), sent.out)
  assert.match(await refused('invalid_input', ...send, '--to', 'nowhere'), /email address/)
  const [newest] = (await beckon('messages', 'list', '--limit', '1')).json
  assert.equal(newest.id, sent.json.id)
  assert.match(await refused('conflict', 'messages', 'cancel', sent.json.id), /only from/)
  const later = await beckon(
    'send',
    '--channel',
    'email',
    '--to',
    'd@example.com',
    '--subject',
    'Later',
    '--message',
    'x',
    '--at',
    inAYear,
  )
  assert.equal((await beckon('messages', 'cancel', later.json.id)).json.status, 'cancelled')
  assert.deepEqual((await beckon('redrive')).json, { requeued: 0 })
  await refused('conflict', 'redrive', '--status', 'unknown')
})

test('rooms of the API are asked from the terminal, by its rules', async () => {
  const file = join(home, 'contact.json')
  writeFileSync(file, '{"external_id":"cli/1 ?","email":"a@example.com"}')
  const saved = await beckon('contact', 'save', `@${file}`)
  assert.match(
    await refused('invalid_input', 'contact', 'save', '{"email":"none"}'),
    /not an email address/,
  )
  const shown = await beckon('contact', 'show', 'cli/1 ?')
  assert.equal(shown.json.id, saved.json.id)
  assert.match(await refused('invalid_input', 'contact', 'erase', 'cli-1'), /--yes/)
  const template = '{"name":"cli","channel":"email","subject":"Hi {name}","text":"Hello {name}"}'
  const created = await run(['api', 'post', '/templates', '-'], { input: template })
  assert.equal(created.code, 0, created.err)
  const tested = await beckon('template', 'test', 'cli', '--var', 'name=Ada', '--locale', 'en')
  assert.equal(tested.json.subject, 'Hi Ada')
  const audit = await beckon('audit', 'list', '--limit', '1')
  const [last] = audit.json.data
  assert.deepEqual([last.action, last.actor_id], ['template.created', 'cli'])
})

test('contacts that are exported come back unchanged by an import', async () => {
  const file = join(home, 'contacts.csv')
  writeFileSync(
    file,
    'external_id,name,email,phone,tags,traits.plan\r\nc1,"Noa, Levi",noa@example.com,050-123-4567,vip;new,"=gold"\r\nc2,דנה,dana@example.com,,,\r\nc3,Bad,not an address,,,\r\n',
  )
  const first = (await beckon('import', 'contacts', file, '--workspace', 'acme')).json
  assert.deepEqual([first.created, first.failed, first.status], [2, 1, 'done'])
  assert.equal(first.failures[0].row, 4)
  const exported = (await beckon('export', 'contacts', '--workspace', 'acme')).out
  assert.match(exported, /\+972501234567/)
  writeFileSync(file, exported)
  const again = (await beckon('import', 'contacts', file, '--workspace', 'acme')).json
  assert.deepEqual([again.created, again.updated, again.failed], [0, 2, 0])
  assert.equal((await beckon('export', 'contacts', '--workspace', 'acme')).out, exported)
  const rows = (await beckon('export', 'contacts', '--workspace', 'acme', '--format', 'json')).json
  assert.equal(
    rows.find((row: { external_id: string }) => row.external_id === 'c1').traits.plan,
    '=gold',
  )
  const messages = (await beckon('export', 'messages', '--format', 'json')).json
  assert.ok(messages.length >= 2)
  assert.match((await beckon('export', 'messages')).out, /^id,status,channel,/)
  assert.deepEqual((await beckon('export', 'suppressions', '--format', 'json')).json, [])
})

test('sql reads one workspace, or all, and changes nothing', async () => {
  const names = 'select slug from workspaces order by slug'
  assert.deepEqual((await beckon('sql', names)).json, [{ slug: 'acme' }, { slug: 'default' }])
  const contacts = 'select count(*)::int as n from contacts where name is not null'
  assert.deepEqual((await beckon('sql', contacts)).json, [{ n: 0 }])
  assert.deepEqual((await beckon('sql', contacts, '--workspace', 'acme')).json, [{ n: 2 }])
  assert.deepEqual((await beckon('sql', contacts, '--all-workspaces')).json, [{ n: 2 }])
  assert.equal((await beckon('sql', names, '--csv', '--limit', '1')).out, 'slug\r\nacme\r\n')
  for (const query of [
    'delete from messages',
    'select 1; delete from messages',
    'drop table messages',
  ])
    await refused('failed', 'sql', query)
})

test('doctor finds a running server in order', async () => {
  const written = { SMTP_URL: 'smtp://127.0.0.1:9', EMAIL_FROM: 'team@example.com' }
  const { json } = await run(['doctor'], { env: { PUBLIC_URL: line.server().url, ...written } })
  assert.equal(json.ok, true, JSON.stringify(json.checks))
  const of = (name: string) => json.checks.find((each: { check: string }) => each.check === name)
  for (const name of ['public url', 'row level security', 'roles', 'migrations', 'queue', 'owner'])
    assert.equal(of(name).status, 'pass', JSON.stringify(of(name)))
  assert.match(of('senders of default').detail, /only sandboxes/)
  assert.match(
    of('senders of default: environment').detail,
    /other settings than the environment has now: SMTP\./,
  )
  assert.match(of('senders of default').mend, /Start Beckon again/)
})

test('a sender that cannot be reached fails the doctor, in plain words', async () => {
  await stopServer()
  const env = { SMTP_URL: 'smtp://127.0.0.1:9', EMAIL_FROM: 'team@example.com' }
  await run(['work', '--once'], { env }) // a start, which makes the sender
  const { code, json } = await run(['doctor'], { env })
  assert.equal(code, 1)
  const found = json.checks.find((each: { check: string }) =>
    each.check.startsWith('senders of default:'),
  )
  assert.equal(found.status, 'fail', JSON.stringify(found))
  assert.match(found.mend, /environment/)
  await beckon('work', '--once') // and one without it, which takes the sender away
})
