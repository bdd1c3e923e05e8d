/**
 * A real SMTP server (package smtp-server) in a process of its own, started by smtpSink.ts.
 * Every mail that it takes is a line in a file before it is acknowledged, and nothing but that
 * file is believed about what arrived.
 *
 *   {"at": …, "messageId": "…", "to": ["…"], "raw": "…" or null}
 */
import { appendFileSync } from 'node:fs'
import { SMTPServer } from 'smtp-server'
import type { SinkOptions } from './smtpSink.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as SinkOptions // written by smtpSink.ts
const MESSAGE_ID = /^message-id:\s*<([^>]*)>/im

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  hideSTARTTLS: true,
  logger: false,
  disableReverseLookup: true,
  onData(stream, session, callback) {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      const raw = Buffer.concat(parts).toString('latin1')
      const line = {
        at: Date.now(),
        messageId: MESSAGE_ID.exec(raw)?.[1] ?? '',
        to: session.envelope.rcptTo.map(({ address }) => address),
        raw: options.keepRaw ? raw : null,
      }
      appendFileSync(options.ledger, `${JSON.stringify(line)}\n`)
      setTimeout(callback, options.thinkMs)
    })
  },
})
server.on('error', () => {}) // clients that are killed leave in the middle of a sentence
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('disconnect', () => process.exit(0))
