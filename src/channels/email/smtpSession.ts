/**
 * From nothing to a server ready for mail: connect, greeting, EHLO, TLS, AUTH
 * (RFC 5321 3.1, RFC 3207, RFC 4954).
 */
import { Misconfigured, Retryable } from '../../errors.ts'
import { Dialogue } from './smtpDialogue.ts'
import { type Features, isLoopback, type SetupTimeouts, type SmtpServer } from './smtpServer.ts'
import type { TlsTerms, Wire } from './smtpWire.ts'

export interface Session {
  readonly wire: Wire
  readonly features: Features
}

/** Throws Retryable or Misconfigured; nothing has been sent then. Aborting ends the attempt. */
export async function openSession(
  server: SmtpServer,
  timeouts: SetupTimeouts,
  cache: TlsTerms['cache'] = {},
  signal?: AbortSignal,
): Promise<Session> {
  const host = server.host.replace(/^\[(.*)\]$/, '$1') // as URLs write IPv6
  const dialogue = new Dialogue({ ...server, host }, timeouts)
  const abort = () => dialogue.lost(new Retryable('The connection was given up.'))
  signal?.addEventListener('abort', abort)
  try {
    return await setUp(dialogue, server, cache)
  } catch (error) {
    dialogue.wire.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function setUp(dialogue: Dialogue, server: SmtpServer, cache: TlsTerms['cache']) {
  // Credentials are worth as much protection as a demand for TLS: a stripped STARTTLS must not leak them.
  const mustHide = server.requireTls || (hasLogin(server) && !isLoopback(server.host))
  const verify = !server.allowInvalidCertificate && (mustHide || server.secure)
  const terms = { host: dialogue.host, verify, cache }

  await dialogue.connected()
  if (server.secure) await dialogue.secure(terms)
  await dialogue.greeting()
  let features = await dialogue.hello(server.ehloName)
  if (!server.secure && features.startTls) {
    if (await dialogue.startTls(terms, mustHide)) features = await dialogue.hello(server.ehloName)
  } else if (!server.secure && mustHide) {
    throw new Misconfigured(
      `${server.host} offers no TLS on port ${server.port}, and this sender does not send without.`,
    )
  }
  if (hasLogin(server)) await dialogue.authenticate(features, server.user, server.password ?? '')
  return { wire: dialogue.wire, features }
}

function hasLogin(server: SmtpServer): server is SmtpServer & { user: string } {
  return server.user !== undefined && server.user !== ''
}
