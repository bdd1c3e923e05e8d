/** The promise that all else rests on: what we report agrees with what the server took. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Peer, scriptedServer } from '../../../test/fakes/scriptedSmtpServer.ts'
import { Rejected, Retryable, Unanswered } from '../../errors.ts'
import { SmtpClient } from './smtpClient.ts'

type Mood = 'fine' | 'later' | 'never' | '421' | 'end' | 'cut' | 'nonsense'
const mood: fc.Arbitrary<Mood> = fc.oneof(
  { weight: 20, arbitrary: fc.constant<Mood>('fine') },
  { weight: 3, arbitrary: fc.constantFrom<Mood>('later', 'never') },
  { weight: 2, arbitrary: fc.constantFrom<Mood>('421', 'end', 'cut', 'nonsense') },
)

/** Answers each command after its mood; true when the server keeps talking and agreed. */
function answer(peer: Peer, mood: Mood, yes: string): boolean {
  if (mood === 'fine') peer.say(yes)
  if (mood === 'later') peer.say('451 4.3.0 later')
  if (mood === 'never') peer.say('554 5.3.0 never')
  if (mood === 'nonsense') peer.say('??')
  if (mood === '421') peer.say('421 4.3.2 bye')
  if (mood === '421' || mood === 'end') peer.socket.end()
  if (mood === 'cut') peer.cut()
  return mood === 'fine'
}

interface Temper {
  readonly moods: readonly Mood[]
  readonly pipelining: boolean
  /** Answers RCPT with 503 where MAIL was refused, DATA with 503 where RCPT was. */
  readonly orderly: boolean
}

function moodyServer({ moods, pipelining, orderly }: Temper) {
  const took: string[] = []
  let turn = 0
  const next = () => moods[turn++ % moods.length] ?? 'fine'
  const script = async (peer: Peer) => {
    await peer.greet(pipelining ? ['PIPELINING'] : [])
    let [sender, recipient] = [false, '']
    for (;;) {
      const line = await peer.line()
      if (line === 'DATA') {
        if (!answer(peer, recipient === '' && orderly ? 'never' : next(), '354 go')) continue
        await peer.body()
        const agreed = answer(peer, recipient === '' ? 'never' : next(), '250 queued')
        if (agreed) took.push(recipient)
        sender = false
        recipient = ''
      } else if (line.startsWith('RCPT')) {
        if (!answer(peer, sender || !orderly ? next() : 'never', '250 ok')) continue
        recipient = line.slice(9, -1)
      } else {
        recipient = ''
        sender = answer(peer, line.startsWith('MAIL') ? next() : 'fine', '250 ok')
      }
    }
  }
  return { took, script }
}

test('accepted means taken once, refused means not taken, and only a lost answer is in doubt', async () => {
  const temper = fc.record({
    moods: fc.array(mood, { minLength: 1, maxLength: 60 }),
    pipelining: fc.boolean(),
    orderly: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(temper, fc.integer({ min: 1, max: 3 }), async (temper, connections) => {
      const { took, script } = moodyServer(temper)
      const server = await scriptedServer(script)
      const smtp = new SmtpClient({
        host: '127.0.0.1',
        port: server.port,
        secure: false,
        requireTls: false,
        allowInvalidCertificate: false,
        connections,
        messagesPerConnection: 5,
        timeouts: { drain: 0 },
      })
      const to = Array.from({ length: 20 }, (_, i) => `ada${i}@example.test`)
      const mime = Buffer.from('Subject: x\r\n\r\nx\r\n')
      const outcomes = await Promise.allSettled(
        to.map((to) => smtp.deliver({ from: 'hello@engines.test', to, mime })),
      )
      await smtp.close()
      await server.close()
      assert.equal(new Set(took).size, took.length, 'nothing is taken twice')
      for (const [i, outcome] of outcomes.entries()) {
        const taken = took.includes(to[i] ?? '')
        if (outcome.status === 'fulfilled') assert.equal(taken, true)
        else if (outcome.reason instanceof Unanswered) continue
        else {
          assert.ok(outcome.reason instanceof Retryable || outcome.reason instanceof Rejected)
          assert.equal(taken, false)
        }
      }
    }),
    { numRuns: 150 },
  )
})
