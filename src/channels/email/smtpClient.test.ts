import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { Misconfigured, Rejected, Retryable } from '../../errors.ts'
import { SmtpClient, type SmtpClientOptions } from './smtpClient.ts'
import { dotStuffed } from './smtpMessage.ts'

interface Received {
  readonly from: string
  readonly to: string
  readonly body: string
  readonly secure: boolean
  readonly user: string | undefined
}

/** smtp-server, with what it received and how many connected. */
async function peer(t: TestContext, options: SMTPServerOptions = {}) {
  const received: Received[] = []
  const seen = { connections: 0 }
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username ?? '' }) : done(new Error('No.')),
    onConnect(_session, done) {
      seen.connections++
      done()
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo[0]?.address ?? '',
          body: Buffer.concat(chunks).toString(),
          secure: session.secure,
          user: session.user,
        })
        done(null, 'queued')
      })
    },
    ...options,
  })
  server.on('error', () => {}) // clients that hang up in the middle of a handshake
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo // it listens on a port, not on a pipe
  const clients: SmtpClient[] = []
  t.after(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await new Promise<void>((resolve) => server.close(resolve))
  })
  const client = (options: Partial<SmtpClientOptions> = {}) => {
    const server = { host: '127.0.0.1', port, secure: false, requireTls: false }
    const made = new SmtpClient({ ...server, allowInvalidCertificate: true, ...options })
    clients.push(made)
    return made
  }
  return { client, received, seen }
}

const mail = (n = 0, body = 'Hello\r\n') => ({
  from: 'hello@engines.test',
  to: `ada${n}@example.test`,
  mime: Buffer.from(`Subject: ${n}\r\n\r\n${body}`),
})

test('a thousand messages over four connections arrive once each, with their bodies', async (t) => {
  const { client, received, seen } = await peer(t)
  const smtp = client({ connections: 4 })
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => smtp.deliver(mail(n, `${n}\r\n.dot\r\n..\r\n`))),
  )
  assert.match(replies[0]?.reply ?? '', /^250 /)
  assert.equal(seen.connections, 4)
  assert.equal(received.length, 1_000)
  for (const { to, body } of received) {
    const n = Number(to.match(/\d+/)?.[0])
    assert.equal(body, `Subject: ${n}\r\n\r\n${n}\r\n.dot\r\n..\r\n`)
  }
  assert.equal(new Set(received.map(({ to }) => to)).size, 1_000)
})

test('without pipelining each command waits for its answer', async (t) => {
  const { client, received } = await peer(t, { hidePIPELINING: true })
  const smtp = client({ connections: 2 })
  await Promise.all(Array.from({ length: 50 }, (_, n) => smtp.deliver(mail(n))))
  assert.equal(new Set(received.map(({ to }) => to)).size, 50)
})

test('a connection is replaced after its share of messages', async (t) => {
  const { client, received, seen } = await peer(t)
  const smtp = client({ connections: 1, messagesPerConnection: 3 })
  await Promise.all(Array.from({ length: 7 }, (_, n) => smtp.deliver(mail(n))))
  assert.equal(received.length, 7)
  assert.equal(seen.connections, 3)
})

test('a message of ten megabytes arrives whole', async (t) => {
  const { client, received } = await peer(t)
  const big = mail(1, `${'.'.repeat(70)}\r\n`.repeat(150_000))
  await client().deliver(big)
  assert.equal(received[0]?.body, big.mime.toString())
})

test('STARTTLS is used where it is offered, and the login goes through it', async (t) => {
  for (const hide of [{}, { authMethods: ['LOGIN'] }]) {
    const { client, received } = await peer(t, hide)
    await client({ requireTls: true, user: 'ada', password: 'right' }).deliver(mail())
    assert.deepEqual([received[0]?.secure, received[0]?.user], [true, 'ada'])
  }
})

test('implicit TLS works, resumed sessions included', async (t) => {
  const { client, received } = await peer(t, { secure: true })
  const smtp = client({ secure: true, connections: 1, messagesPerConnection: 1 })
  for (const n of [1, 2, 3]) await smtp.deliver(mail(n))
  assert.deepEqual(
    received.map(({ secure }) => secure),
    [true, true, true],
  )
})

test('a certificate nobody vouches for is refused, unless allowed', async (t) => {
  const { client, received } = await peer(t)
  const smtp = client({ requireTls: true, allowInvalidCertificate: false })
  await assert.rejects(smtp.deliver(mail()), Misconfigured)
  assert.equal(received.length, 0)
})

test('a wrong password is a matter of settings', async (t) => {
  for (const method of ['PLAIN', 'LOGIN']) {
    const { client } = await peer(t, { authMethods: [method] })
    const smtp = client({ user: 'ada', password: 'wrong' })
    await assert.rejects(smtp.deliver(mail()), Misconfigured)
  }
})

test('a user for a server without logins is a matter of settings', async (t) => {
  const { client } = await peer(t, { disabledCommands: ['AUTH'] })
  const smtp = client({ user: 'ada', password: 'right' })
  await assert.rejects(smtp.deliver(mail()), Misconfigured)
})

test('a refused recipient fails alone; its neighbours in the pipeline arrive', async (t) => {
  const { client, received } = await peer(t, {
    onRcptTo({ address }, _session, done) {
      const code = address.startsWith('ada3@') ? 550 : 450
      if (/^ada[35]@/.test(address)) done(Object.assign(new Error('no'), { responseCode: code }))
      else done()
    },
  })
  const smtp = client({ connections: 1 })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, n) => smtp.deliver(mail(n))),
  )
  const reasons = outcomes.map((one) => (one.status === 'rejected' ? one.reason : undefined))
  assert.equal(received.length, 6)
  assert.ok(reasons[3] instanceof Rejected && reasons[3].reason === 'invalid_address')
  assert.ok(reasons[5] instanceof Retryable && reasons[5].code === '450')
})

test('a message above the size the server takes is not sent', async (t) => {
  const { client, received } = await peer(t, { size: 1_000 })
  const smtp = client()
  const tooBig = smtp.deliver(mail(1, 'x'.repeat(2_000)))
  await assert.rejects(tooBig, { reason: 'content' })
  await smtp.deliver(mail(2))
  assert.equal(received.length, 1)
})

test('addresses beyond ASCII go to servers that take them, and to no others', async (t) => {
  const hebrew = { ...mail(), to: 'עדה@example.test' }
  const old = await peer(t, { hideSMTPUTF8: true })
  await assert.rejects(old.client().deliver(hebrew), { reason: 'invalid_address' })
  const modern = await peer(t, { hideSMTPUTF8: false })
  await modern.client().deliver(hebrew)
  assert.equal(modern.received[0]?.to, hebrew.to)
})

test('an address cannot carry commands', async (t) => {
  const { client, seen } = await peer(t)
  const smtp = client()
  for (const to of ['a@b.test>\r\nRCPT TO:<eve@evil.test', 'a@b.test> SIZE=1', 'a\0@b.test']) {
    await assert.rejects(smtp.deliver({ ...mail(), to }), { reason: 'invalid_address' })
    await assert.rejects(smtp.deliver({ ...mail(), from: to }), { reason: 'invalid_address' })
  }
  assert.equal(seen.connections, 0)
})

test('nobody listening means later', async () => {
  const smtp = new SmtpClient({
    host: '127.0.0.1',
    port: 1,
    secure: false,
    requireTls: false,
    allowInvalidCertificate: false,
  })
  await assert.rejects(smtp.deliver(mail()), { name: 'Retryable', code: 'ECONNREFUSED' })
  await smtp.close()
})

test('closing lets what is under way finish, and takes nothing more', async (t) => {
  const { client, received } = await peer(t)
  const smtp = client({ connections: 2 })
  const underWay = Array.from({ length: 20 }, (_, n) => smtp.deliver(mail(n)))
  await Promise.all([smtp.close(), ...underWay])
  assert.equal(received.length, 20)
  await assert.rejects(smtp.deliver(mail()), Retryable)
})

test('no line of a body can end it, whatever a server takes for a line', () => {
  const cases = [
    '.',
    '.\r\n',
    'a\r\n.\r\nb',
    'a\n.\nb',
    'a\n.\r\nb',
    'a\r.\rb',
    'a\r\n.\rb',
    'a\r.\r\n',
  ]
  for (const body of cases) {
    const stuffed = dotStuffed(Buffer.from(body)).toString()
    assert.doesNotMatch(stuffed, /(?:^|[\r\n])\.(?:[\r\n]|$)/, JSON.stringify(body))
  }
  const untouched = Buffer.from('a.b\r\nc.\r\n')
  assert.equal(dotStuffed(untouched), untouched)
})
