/**
 * The contract of providers for SMTP, whose faults are other ones than HTTP's. Silence and
 * half sessions, which need shorter timeouts than settings allow, are in smtpFaults.test.ts.
 */
import { type Peer, type ScriptedServer, scriptedServer } from './fakes/scriptedSmtpServer.ts'
import { refusedUrl } from './fakes/startFaultServer.ts'
import type { Family, Harness } from './providerHarnesses.ts'

/** Replies by command; `cut` drops the connection instead. What is not named is accepted. */
type Replies = Partial<Record<'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'dot', string>>

const password = 'a-password-that-nobody-may-see'

const cases: Record<string, readonly [Replies | 'refused' | 'garbage', Family]> = {
  success: [{}, 'accepted'],
  'login refused': [{ AUTH: '535 5.7.8 authentication failed' }, 'Misconfigured'],
  'login not possible now': [{ AUTH: '454 4.7.0 temporary failure' }, 'Retryable'],
  'unknown recipient': [{ RCPT: '550 5.1.1 no such user' }, 'Rejected'],
  'mailbox full, later': [{ RCPT: '452 4.2.2 mailbox full' }, 'Retryable'],
  'content refused': [{ dot: '554 5.6.0 content refused' }, 'Rejected'],
  'busy before the body': [{ DATA: '421 4.3.2 shutting down' }, 'Retryable'],
  'busy after the body': [{ dot: '451 4.3.0 try later' }, 'Retryable'],
  'connection cut before the body': [{ MAIL: 'cut' }, 'Retryable'],
  'connection cut after the body': [{ dot: 'cut' }, 'Unanswered'],
  'nonsense after the body': [{ dot: '<html>' }, 'Unanswered'],
  'connection refused': ['refused', 'Retryable'],
  'another protocol': ['garbage', 'Retryable'],
}

let running: ScriptedServer | undefined

export const smtpHarness: Harness = {
  key: 'email:smtp',
  name: 'smtp',
  cases: Object.keys(cases),
  secrets: [password, Buffer.from(password).toString('base64')],
  expected: (name) => cases[name]![1],
  async arrange(name) {
    const [replies] = cases[name]!
    if (replies === 'refused') return settings(Number(new URL(await refusedUrl()).port))
    running = await scriptedServer(async (peer) => {
      if (replies !== 'garbage') return converse(peer, replies)
      peer.say('HTTP/1.1 400 Bad Request', '')
      peer.socket.end()
    })
    return settings(running.port)
  },
  async release() {
    await running?.close()
    running = undefined
  },
}

function settings(port: number) {
  return { host: '127.0.0.1', port, user: 'ada', password, from_email: 'hello@example.com' }
}

/** Behaves until the command whose reply is given, over as many messages as come. */
async function converse(peer: Peer, replies: Replies) {
  await peer.greet(['PIPELINING', '8BITMIME', 'SMTPUTF8', 'AUTH PLAIN LOGIN'])
  const answer = (reply: string) => (reply === 'cut' ? peer.cut() : peer.say(reply))
  for (;;) {
    const line = await peer.line()
    const command = line.slice(0, 4).toUpperCase()
    if (command === 'QUIT') peer.say('221 bye')
    else if (command === 'AUTH') answer(replies.AUTH ?? '235 2.7.0 welcome')
    else if (command === 'MAIL') answer(replies.MAIL ?? '250 2.1.0 ok')
    else if (command === 'RCPT') answer(replies.RCPT ?? '250 2.1.5 ok')
    else if (command !== 'DATA') peer.say('250 ok')
    else if (replies.DATA) answer(replies.DATA)
    else if (replies.RCPT) peer.say('554 5.5.1 no valid recipients')
    else {
      peer.say('354 go')
      await peer.body()
      answer(replies.dot ?? '250 2.0.0 queued as 1')
    }
  }
}
