/** A signed-in person gives the password once more, before a sensitive act. */
import { AppError } from '../../errors.ts'
import { newToken } from '../../lib/ids.ts'
import type { Access, Client } from '../access.ts'
import type { Auth } from '../auth.ts'
import { type OpenedSession, requireMember } from './session.ts'
import { findSession, verifySession } from './sessions.store.ts'
import { type Credentials, verifyMember } from './verifyLogin.ts'

/**
 * The session continues under a new token; null for API tokens, which name their session
 * and stay as they are.
 */
export async function verifyAgain(
  access: Access,
  auth: Auth,
  given: Credentials,
  client: Client,
): Promise<(OpenedSession & { remembered: boolean }) | null> {
  const { memberId, sessionHash } = requireMember(auth)
  await verifyMember(access, memberId, given, client)
  const session = await findSession(access.db.app, sessionHash)
  const { token, hash } = newToken()
  const tokenHash = auth.kind === 'session' ? hash.toString('hex') : sessionHash
  const verified = await verifySession(access.db.app, sessionHash, tokenHash, access.db.clock.now())
  if (!session || !verified)
    throw new AppError('unauthenticated', 'Your session has ended. Sign in again.')
  if (auth.kind !== 'session') return null
  return { token, tokenHash, expiresAt: session.expiresAt, remembered: session.remembered }
}
