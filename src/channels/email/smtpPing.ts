/** Proves that an SMTP server takes us, without sending anything; says in plain words why not. */
import { Misconfigured, Retryable } from '../../errors.ts'
import type { Reply } from './smtpReply.ts'
import type { SetupTimeouts, SmtpServer } from './smtpServer.ts'
import { openSession } from './smtpSession.ts'

const timeouts: SetupTimeouts = { connect: 10_000, greeting: 10_000, command: 10_000 } // ms

/** Throws Misconfigured where settings are at fault, Retryable where waiting may help. */
export async function pingSmtp(server: SmtpServer): Promise<void> {
  const { wire } = await openSession(server, timeouts).catch((error: unknown) => {
    throw inPlainWords(error, server)
  })
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const timer = setTimeout(
    () => reject(new Retryable(`${server.host} did not answer in time.`)),
    timeouts.command,
  )
  wire.hand({ reply: resolve, replied: () => {}, lost: (cause) => reject(lostBy(cause)) })
  wire.write('NOOP\r\n')
  try {
    const reply = await promise
    if (reply.refused) throw new Retryable(reply.text, { code: String(reply.code) })
  } finally {
    clearTimeout(timer)
    await wire.end('QUIT\r\n')
  }
}

function lostBy(cause: Error): Retryable {
  return new Retryable(`The server broke off: ${cause.message}`, { cause })
}

/** While someone waits for the answer, a name that does not resolve is a typing error, not an outage. */
function inPlainWords(error: unknown, { host, port }: SmtpServer): unknown {
  if (!(error instanceof Retryable)) return error
  if (error.code === 'ENOTFOUND') return new Misconfigured(`The name ${host} does not resolve.`)
  if (error.code === 'ECONNREFUSED') {
    return new Misconfigured(`${host} accepts no connections on port ${port}.`)
  }
  return error
}
