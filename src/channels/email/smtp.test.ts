import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { simpleParser } from 'mailparser'
import { z } from 'zod'
import { type Peer, scriptedServer } from '../../../test/fakes/scriptedSmtpServer.ts'
import { Misconfigured, Retryable } from '../../errors.ts'
import type { EmailContent } from '../channel.ts'
import { smtp, smtpSettings } from './smtp.ts'
import { smtpSettingsFromUrl } from './smtpUrl.ts'

const content: EmailContent = {
  from: { name: 'Engines', address: 'hello@BÜCHER.test' },
  subject: 'שלום',
  html: '<p dir="rtl">שלום</p>',
  text: 'שלום',
  messageId: '<0192f3a4@engines.test>',
  headers: {},
  attachments: [],
}

const http = {
  send: () => Promise.reject(new Error('SMTP needs no HTTP.')),
}

async function serve(t: TestContext, script: (peer: Peer) => Promise<void>, more = {}) {
  const server = await scriptedServer(script)
  t.after(() => server.close())
  const settings = smtpSettings.parse({
    host: '127.0.0.1',
    port: server.port,
    from_email: 'hello@engines.test',
    ...more,
  })
  return settings
}

test('send writes the message to the server and returns its reply', async (t) => {
  const written: { envelope?: string[]; body?: string } = {}
  const settings = await serve(t, async (peer) => {
    await peer.greet()
    written.envelope = await peer.envelope()
    peer.say('250 ok', '250 ok', '354 go')
    written.body = await peer.body()
    peer.say('250 2.0.0 queued as 42')
  })
  assert.ok(smtp.open && smtp.close)
  const connection = smtp.open(settings)
  const ctx = { settings, http, connection, callbackUrl: '' }
  const accepted = await smtp.send({ id: '1', to: 'ada@example.test', content }, ctx)
  await smtp.close(connection)
  assert.deepEqual(accepted, { providerMessageId: null, reply: '250 2.0.0 queued as 42' })
  assert.match(written.envelope?.[0] ?? '', /^MAIL FROM:<hello@xn--bcher-kva\.test> SIZE=\d+$/)
  assert.equal(written.envelope?.[1], 'RCPT TO:<ada@example.test>')
  const mail = await simpleParser(written.body ?? '')
  assert.deepEqual([mail.subject, mail.text?.trim()], ['שלום', 'שלום'])
})

test('bounces go to their own address when there is one', async (t) => {
  let sender = ''
  const script = async (peer: Peer) => {
    await peer.greet()
    sender = (await peer.envelope())[0] ?? ''
    peer.say('550 no', '503 no sender', '503 no sender')
  }
  const settings = await serve(t, script, { bounce_address: 'bounces@engines.test' })
  const connection = smtp.open?.(settings)
  assert.ok(connection)
  const ctx = { settings, http, connection, callbackUrl: '' }
  const sending = smtp.send({ id: '1', to: 'ada@example.test', content }, ctx)
  await assert.rejects(sending, { name: 'Rejected', reason: 'blocked' })
  await smtp.close?.(connection)
  assert.match(sender, /^MAIL FROM:<bounces@engines\.test>/)
})

async function check(settings: z.infer<typeof smtpSettings>) {
  const connection = smtp.open?.(settings)
  assert.ok(connection)
  await smtp.check({ settings, http, connection, callbackUrl: '' })
}

test('check passes when the server takes us, and sends nothing', async (t) => {
  const lines: string[] = []
  const settings = await serve(t, async (peer) => {
    await peer.greet()
    for (;;) {
      lines.push(await peer.line())
      peer.say('250 ok')
    }
  })
  await check(settings)
  assert.deepEqual(lines, ['NOOP', 'QUIT'])
})

test('a private server that a member typed is refused, with the variables that allow it', async (t) => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const settings = await serve(t, async (peer) => peer.greet(), { host })
    const connection = smtp.open?.(settings)
    assert.ok(connection)
    const ctx = { settings, http, connection, callbackUrl: '', guarded: true }
    await assert.rejects(smtp.check(ctx), {
      name: 'Misconfigured',
      message: `${host} is not on the public internet. A mail server in a private network is set by the operator, with SMTP_URL and EMAIL_FROM in the environment.`,
    })
  }
})

test('check says in plain words what is wrong', async (t) => {
  const wrongPassword = async (peer: Peer) => {
    await peer.greet(['AUTH PLAIN'])
    await peer.line()
    peer.say('535 5.7.8 bad credentials')
  }
  const login = { user: 'ada', password: 'wrong' }
  const noTls = { require_tls: true }
  const greeting = (peer: Peer) => peer.greet()
  const cases: [RegExp, (peer: Peer) => Promise<void>, object][] = [
    [/refused the user name or password/, wrongPassword, login],
    [/offers no TLS/, greeting, noTls],
    [/does not speak TLS/, greeting, { secure: true }],
    [/does not resolve/, greeting, { host: 'nowhere.invalid' }],
    [/accepts no connections on port 1\b/, greeting, { port: 1 }],
  ]
  for (const [words, script, more] of cases) {
    const settings = await serve(t, script, more)
    const failed = await check(settings).catch((error: unknown) => error)
    // Where no name server answers at all, a name cannot be told from a typing error.
    if ('host' in more && failed instanceof Retryable) continue
    assert.ok(failed instanceof Misconfigured, String(failed))
    assert.match(failed.message, words)
  }
})

test('a server that repeats the password repeats it to nobody else', async (t) => {
  const password = 'tall orange cloud'
  const script = async (peer: Peer) => {
    await peer.greet(['AUTH PLAIN'])
    const line = await peer.line()
    peer.say(`535 5.7.8 ${password} is wrong, from ${line}`)
  }
  const settings = await serve(t, script, { user: 'ada', password })
  const failed = await check(settings).catch((error: unknown) => error)
  assert.ok(failed instanceof Misconfigured, String(failed))
  assert.match(failed.message, /5\.7\.8 \*\*\* is wrong/)
  assert.ok(!failed.message.includes(Buffer.from(`\0ada\0${password}`).toString('base64')))
})

test('the settings make a form, with the password marked as secret', () => {
  const form = z.toJSONSchema(smtpSettings, { io: 'input' })
  assert.deepEqual(form.required, ['host', 'from_email'])
  assert.ok(JSON.stringify(form.properties?.['password']).includes('"secret":true'))
})

test('an SMTP URL gives settings', () => {
  const settings = smtpSettingsFromUrl(
    'smtp://ada%40x:p%40ss%3A@mail.engines.test?connections=25&from_name=Engines&require_tls=false',
    'hello@engines.test',
  )
  assert.deepEqual(settings, {
    host: 'mail.engines.test',
    port: 587,
    secure: false,
    require_tls: false,
    allow_invalid_certificate: false,
    user: 'ada@x',
    password: 'p@ss:',
    from_email: 'hello@engines.test',
    from_name: 'Engines',
    connections: 25,
    messages_per_connection: 500,
  })
  const local = smtpSettingsFromUrl('smtps://[::1]', '"Engines, Ltd" <Hello@ENGINES.test>')
  assert.deepEqual(
    [local.host, local.port, local.secure, local.from_name, local.from_email, local.connections],
    ['[::1]', 465, true, 'Engines, Ltd', 'Hello@engines.test', 10],
  )
})

test('a wrong SMTP URL is refused with its faults and without its password', () => {
  const faults: [string, RegExp][] = [
    ['http://host', /smtp:\/\//],
    ['smtp://', /smtp:\/\//],
    ['smtp://u:hunter2@host?connections=1000', /connections/],
    ['smtp://u:hunter2@host?conections=10', /conections/],
    ['smtp://u:hunter2@host?secure=yes', /secure/],
  ]
  for (const [url, words] of faults) {
    assert.throws(
      () => smtpSettingsFromUrl(url, 'hello@engines.test'),
      (error) =>
        error instanceof Misconfigured &&
        words.test(error.message) &&
        !error.message.includes('hunter2'),
      url,
    )
  }
  assert.throws(() => smtpSettingsFromUrl('smtp://host', 'nobody'), /from_email/)
})
