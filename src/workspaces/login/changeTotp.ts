/** Turns the second factor on and off. Both end all other sessions of the person. */
import type { Sql } from '../../db/db.ts'
import { AppError, invalid } from '../../errors.ts'
import type { Access } from '../access.ts'
import { type Actor, audit } from '../audit/audit.ts'
import type { Auth } from '../auth.ts'
import { requireMember } from './session.ts'
import { deleteSessionsOf } from './sessions.store.ts'
import { clearTotp, confirmTotp, findLoginMember, setTotpPending } from './store.ts'
import { newEnrolment, newRecoveryCodes, readCode } from './totp.ts'

interface Change {
  readonly auth: Auth
  readonly actor: Actor
}

/** A new secret, which counts once `confirmEnrolment` was given a code of it. */
export async function enrol(
  tx: Sql,
  access: Access,
  auth: Auth,
): Promise<{ secret: string; url: string }> {
  const { memberId } = requireMember(auth)
  const member = await findLoginMember(tx, memberId)
  if (!member) throw new AppError('not_found')
  if (member.totpSecret !== null)
    throw new AppError('conflict', 'Two-factor login is on already. Turn it off first.')
  const { SERVICE_NAME } = access.config
  const { secret, url, sealed } = newEnrolment(
    access.secrets.encryptionKey,
    memberId,
    member.email,
    SERVICE_NAME,
  )
  await setTotpPending(tx, memberId, sealed)
  return { secret, url }
}

/** Answers the recovery codes, which are shown this once. */
export async function confirmEnrolment(
  tx: Sql,
  access: Access,
  { auth, actor }: Change,
  code: string,
): Promise<string[]> {
  const { memberId, sessionHash } = requireMember(auth)
  const now = access.db.clock.now()
  const sealed = (await findLoginMember(tx, memberId))?.totpPending
  if (!sealed) throw new AppError('conflict', 'There is nothing to confirm. Enrol first.')
  const step = readCode(access.secrets.encryptionKey, memberId, sealed, code, now, null)
  if (step === null)
    throw invalid(
      '/code',
      'The code is wrong. Check the clock of the device and give the present code.',
    )
  const { codes, hashes } = newRecoveryCodes()
  if (!(await confirmTotp(tx, memberId, { sealed, step, recoveryHashes: hashes })))
    throw new AppError('conflict')
  await deleteSessionsOf(tx, memberId, sessionHash)
  await audit(tx, auth.workspaceId, {
    actor,
    at: now,
    action: 'member.totp_enabled',
    target: memberId,
  })
  return codes
}

export async function disableTotp(tx: Sql, access: Access, { auth, actor }: Change): Promise<void> {
  const { memberId, sessionHash } = requireMember(auth)
  const now = access.db.clock.now()
  await clearTotp(tx, memberId)
  await deleteSessionsOf(tx, memberId, sessionHash)
  await audit(tx, auth.workspaceId, {
    actor,
    at: now,
    action: 'member.totp_disabled',
    target: memberId,
  })
}
