/** What becomes of messages when servers misbehave. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Peer, scriptedServer } from '../../../test/fakes/scriptedSmtpServer.ts'
import { Misconfigured, Rejected, Retryable, Unanswered } from '../../errors.ts'
import { SmtpClient, type SmtpClientOptions } from './smtpClient.ts'

async function serve(
  t: TestContext,
  script: (peer: Peer, connection: number) => Promise<void>,
  options: Partial<SmtpClientOptions> = {},
) {
  const server = await scriptedServer(script)
  const smtp = new SmtpClient({
    host: '127.0.0.1',
    port: server.port,
    secure: false,
    requireTls: false,
    allowInvalidCertificate: false,
    connections: 1,
    ...options,
    timeouts: { drain: 0, ...options.timeouts },
  })
  t.after(async () => {
    await smtp.close()
    await server.close()
  })
  return { smtp, server }
}

const mail = (n = 0, size = 100) => ({
  from: 'hello@engines.test',
  to: `ada${n}@example.test`,
  mime: Buffer.from(`Subject: ${n}\r\n\r\n${'x'.repeat(size)}\r\n`),
})

const accepted = ['250 2.1.0 ok', '250 2.1.5 ok', '354 go']
const big = 40_000_000 // bytes; more than the sockets of both sides hold together

test('a connection cut before the body left means nothing was accepted', async (t) => {
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet()
    await peer.envelope()
    peer.socket.once('data', () => peer.cut())
    peer.say(...accepted)
  })
  await assert.rejects(smtp.deliver(mail(1, big)), Retryable)
})

test('a connection cut after the final dot leaves its message in doubt and the next one not', async (t) => {
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet()
    await peer.envelope()
    peer.say(...accepted)
    await peer.body()
    await peer.envelope() // of the second, behind the first's body
    peer.cut()
  })
  const [first, second] = await Promise.allSettled([smtp.deliver(mail(1)), smtp.deliver(mail(2))])
  assert.ok(first.status === 'rejected' && first.reason instanceof Unanswered)
  assert.ok(second.status === 'rejected' && second.reason instanceof Retryable)
})

test('no reply to the final dot in time leaves the message in doubt', async (t) => {
  const script = async (peer: Peer) => {
    await peer.greet()
    await peer.envelope()
    peer.say(...accepted)
  }
  const { smtp } = await serve(t, script, { timeouts: { finalReply: 20 } })
  await assert.rejects(smtp.deliver(mail()), Unanswered)
})

test('silence before the body means later', async (t) => {
  const silences: [string, (peer: Peer) => Promise<void>][] = [
    ['greeting', async () => {}],
    ['EHLO', async (peer) => peer.say('220 hi')],
    ['MAIL', (peer) => peer.greet()],
    [
      'DATA',
      async (peer) => {
        await peer.greet()
        await peer.envelope()
        peer.say('250 ok', '250 ok')
      },
    ],
  ]
  for (const [where, script] of silences) {
    const { smtp } = await serve(t, script, { timeouts: { greeting: 20, command: 20 } })
    await assert.rejects(smtp.deliver(mail()), Retryable, where)
  }
})

test('421 in the middle of a session means later, and the next message gets a new connection', async (t) => {
  const { smtp, server } = await serve(t, async (peer, connection) => {
    await peer.greet()
    if (connection > 0) return peer.acceptAll()
    await peer.envelope()
    peer.say('250 ok', '421 4.3.2 shutting down')
    peer.socket.end()
  })
  await assert.rejects(smtp.deliver(mail(1)), { name: 'Retryable', code: '421' })
  await smtp.deliver(mail(2))
  assert.equal(server.connections(), 2)
})

test('421 in answer to the final dot is an answer', async (t) => {
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet()
    await peer.envelope()
    peer.say(...accepted)
    await peer.body()
    peer.say('421 4.3.2 shutting down')
    peer.cut()
  })
  await assert.rejects(smtp.deliver(mail()), { name: 'Retryable', code: '421' })
})

const departures: Record<string, (peer: Peer) => void> = {
  'with 421': (peer) => peer.say('421 4.4.2 idle too long'),
  'without a word': (peer) => peer.socket.end(),
  'with a reset': (peer) => peer.socket.resetAndDestroy(),
}

for (const [how, leave] of Object.entries(departures)) {
  test(`a server that leaves an idle connection ${how} costs no message`, async (t) => {
    const { smtp, server } = await serve(t, async (peer, connection) => {
      await peer.greet()
      if (connection > 0) return peer.acceptAll()
      await peer.accept()
      await peer.line() // MAIL of the next one: the worst moment to leave
      leave(peer)
    })
    await smtp.deliver(mail(1))
    await smtp.deliver(mail(2))
    assert.equal(server.connections(), 2)
  })
}

test('a server that leaves after each message still gets them all, once', async (t) => {
  const bodies: string[] = []
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet()
    bodies.push(await peer.accept())
    peer.socket.end()
  })
  await Promise.all([1, 2, 3, 4].map((n) => smtp.deliver(mail(n))))
  assert.deepEqual(
    bodies.map((body) => body.slice(0, 10)),
    [1, 2, 3, 4].map((n) => `Subject: ${n}`),
  )
})

test('greylisting at any step means later, and the connection goes on', async (t) => {
  const { smtp, server } = await serve(t, async (peer) => {
    await peer.greet()
    await peer.envelope()
    peer.say('450 4.7.1 greylisted', '503 no sender', '503 no recipient')
    await peer.envelope()
    peer.say('250 ok', '451 4.7.1 greylisted', '503 no recipient')
    assert.equal(await peer.line(), 'RSET')
    peer.say('250 ok')
    await peer.envelope()
    peer.say('250 ok', '250 ok', '451 4.3.0 not now')
    assert.equal(await peer.line(), 'RSET')
    peer.say('250 ok')
    await peer.envelope()
    peer.say(...accepted)
    await peer.body()
    peer.say('451 4.7.1 greylisted')
    return peer.acceptAll()
  })
  for (const code of ['450', '451', '451', '451']) {
    await assert.rejects(smtp.deliver(mail()), { name: 'Retryable', code })
  }
  await smtp.deliver(mail())
  assert.equal(server.connections(), 1)
})

test('354 in spite of a refused recipient is answered with a lone dot', async (t) => {
  for (const end of ['554 5.5.1 no valid recipients', '250 2.0.0 took nothing']) {
    const bodies: string[] = []
    const { smtp } = await serve(t, async (peer) => {
      await peer.greet()
      await peer.envelope()
      peer.say('250 ok', '550 5.1.1 no such user', '354 go')
      bodies.push(await peer.body())
      peer.say(end)
      assert.equal(await peer.line(), 'RSET')
      peer.say('250 ok')
      bodies.push(await peer.accept())
    })
    const [first, second] = await Promise.allSettled([smtp.deliver(mail(1)), smtp.deliver(mail(2))])
    assert.ok(first.status === 'rejected' && first.reason instanceof Rejected)
    assert.equal(first.reason.reason, 'invalid_address')
    assert.equal(second.status, 'fulfilled')
    assert.deepEqual([bodies[0], bodies[1]?.slice(0, 10)], ['', 'Subject: 2'])
  }
})

test('without PIPELINING no command leaves before the answer to the last', async (t) => {
  const lines: string[] = []
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet(['8BITMIME'])
    for (const answer of ['250 ok', '550 5.1.1 no', '250 reset', ...accepted]) {
      lines.push(await peer.line())
      assert.equal(peer.pending, '')
      peer.say(answer)
    }
    await peer.body()
    assert.equal(peer.pending, '')
    peer.say('250 queued')
  })
  const outcomes = await Promise.allSettled([smtp.deliver(mail(1)), smtp.deliver(mail(2))])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
  assert.deepEqual(
    lines.map((line) => line.slice(0, 4)),
    ['MAIL', 'RCPT', 'RSET', 'MAIL', 'RCPT', 'DATA'],
  )
})

test('an answer before its question ends the session, and nothing is taken for accepted', async (t) => {
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet()
    await peer.envelope()
    peer.say(...accepted, '250 2.0.0 queued already')
  })
  await assert.rejects(smtp.deliver(mail()), Retryable)
})

test('a refusal in the middle of a body is its answer', async (t) => {
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet()
    await peer.envelope()
    peer.socket.once('data', () => {
      peer.socket.pause()
      peer.say('552 5.3.4 too big')
    })
    peer.say(...accepted)
  })
  await assert.rejects(smtp.deliver(mail(1, big)), { name: 'Rejected', reason: 'content' })
})

test('replies may come byte by byte and in many lines', async (t) => {
  const { smtp } = await serve(t, async (peer) => {
    peer.socket.setNoDelay(true)
    const drip = async (text: string) => {
      for (const byte of text) {
        peer.socket.write(byte)
        await new Promise(setImmediate)
      }
    }
    await drip('220-hello\r\n220 there\r\n')
    await peer.line()
    await drip('250-scripted\r\n250-PIPELINING\r\n250 SIZE 0\r\n')
    await peer.envelope()
    await drip('250-a\r\n250 ok\r\n250 ok\r\n354 go\r\n')
    await peer.body()
    await drip('250-2.0.0 queued\r\n250 2.0.0 as 1\r\n')
  })
  const { reply } = await smtp.deliver(mail())
  assert.equal(reply, '250-2.0.0 queued 250 2.0.0 as 1')
})

test('garbage means later', async (t) => {
  const { smtp } = await serve(t, async (peer) => peer.say('HTTP/1.1 400 Bad Request', ''))
  await assert.rejects(smtp.deliver(mail()), Retryable)
})

test('a server that refuses everybody is a matter of settings, a busy one is not', async (t) => {
  const closed = await serve(t, async (peer) => peer.say('554 5.7.1 you are on a list'))
  await assert.rejects(closed.smtp.deliver(mail()), Misconfigured)
  const busy = await serve(t, async (peer) => peer.say('421 4.7.0 too many connections'))
  await assert.rejects(busy.smtp.deliver(mail()), Retryable)
})

test('connections that are refused do not fail what others can carry', async (t) => {
  const script = async (peer: Peer, connection: number) => {
    if (connection > 0) return peer.say('421 4.7.0 too many connections')
    await peer.greet()
    await peer.acceptAll()
  }
  const { smtp } = await serve(t, script, { connections: 5 })
  await Promise.all(Array.from({ length: 50 }, (_, n) => smtp.deliver(mail(n))))
})

test('a server without STARTTLS gets neither mail nor password when TLS is due', async (t) => {
  // 0.0.0.0 reaches this machine without being a loopback name.
  const login = { host: '0.0.0.0', user: 'ada', password: 'right' }
  for (const options of [{ requireTls: true }, login]) {
    const lines: string[] = []
    const script = async (peer: Peer) => {
      await peer.greet(['PIPELINING', 'AUTH PLAIN LOGIN'])
      for (;;) lines.push(await peer.line())
    }
    const { smtp } = await serve(t, script, options)
    await assert.rejects(smtp.deliver(mail()), Misconfigured)
    assert.deepEqual(lines, [])
  }
})

test('a refused STARTTLS is not worked around when TLS is due', async (t) => {
  const lines: string[] = []
  const script = async (peer: Peer) => {
    await peer.greet(['STARTTLS', 'AUTH PLAIN'])
    await peer.line()
    peer.say('454 4.7.0 not now')
    for (;;) lines.push(await peer.line())
  }
  const { smtp } = await serve(t, script, { requireTls: true })
  await assert.rejects(smtp.deliver(mail()), Retryable)
  assert.deepEqual(lines, [])
})

test('bytes sent in the clear behind the answer to STARTTLS end the session', async (t) => {
  for (const injected of ['250 AUTH PLAIN\r\n', '250-half a rep']) {
    const script = async (peer: Peer) => {
      await peer.greet(['STARTTLS'])
      await peer.line()
      peer.socket.write(`220 go\r\n${injected}`)
    }
    const { smtp } = await serve(t, script, { requireTls: true })
    await assert.rejects(smtp.deliver(mail()), /Retryable|Misconfigured/)
  }
})

test('an unused connection is closed with QUIT', async (t) => {
  const farewell = Promise.withResolvers<string>()
  const script = async (peer: Peer) => {
    await peer.greet()
    await peer.accept()
    farewell.resolve(await peer.line())
  }
  const { smtp } = await serve(t, script, { timeouts: { idle: 20 } })
  await smtp.deliver(mail())
  assert.equal(await farewell.promise, 'QUIT')
})

test('closing gives up what does not finish in time, by how far it came', async (t) => {
  const { smtp } = await serve(t, async (peer) => {
    await peer.greet()
    await peer.envelope()
    peer.say(...accepted)
    await peer.body()
    void smtp.close()
  })
  const outcomes = await Promise.allSettled([1, 2, 3].map((n) => smtp.deliver(mail(n))))
  const names = outcomes.map((one) => (one.status === 'rejected' ? one.reason.name : 'accepted'))
  assert.deepEqual(names, ['Unanswered', 'Retryable', 'Retryable'])
})
