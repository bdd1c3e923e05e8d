/**
 * Are these the right credentials? Every way of giving a password ends here: the lockout
 * counts, an unknown account takes as long as a wrong password and gets the same answer.
 */
import { AppError } from '../../errors.ts'
import type { Access, Client } from '../access.ts'
import { settleAttempt, takeAttempt, takeBackAttempt } from './attempts.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'
import { knownDevice } from './session.ts'
import {
  findLoginMember,
  findMemberByLogin,
  type LoginMember,
  replacePasswordHash,
} from './store.ts'
import { useCode } from './totp.ts'

export interface Credentials {
  readonly password: string
  /** Of the authenticator app, or a recovery code. */
  readonly code?: string | undefined
}

const WRONG = 'Email, user name or password is wrong.'
const WRONG_PASSWORD = 'The password is wrong.'
const NO_CODE = 'Give the code of your authenticator app, or a recovery code, as `code`.'
const WRONG_CODE = 'The code is wrong or was used already. Wait for the next one.'

/** By email or user name. 401 unauthenticated, 401 code_required or 429. */
export async function verifyLogin(
  access: Access,
  login: string,
  given: Credentials,
  client: Client,
): Promise<LoginMember> {
  const member = await findMemberByLogin(access.db.app, login)
  return verify(access, { member, login, wrong: WRONG }, given, client)
}

/** The same for a member who is known already, such as one who is signed in. */
export async function verifyMember(
  access: Access,
  memberId: string,
  given: Credentials,
  client: Client,
): Promise<LoginMember> {
  const member = await findLoginMember(access.db.app, memberId)
  return verify(access, { member, login: memberId, wrong: WRONG_PASSWORD }, given, client)
}

interface Asked {
  readonly member: LoginMember | undefined
  readonly login: string
  /** What is said of a password that does not fit. */
  readonly wrong: string
}

async function verify(
  access: Access,
  { member, login, wrong }: Asked,
  given: Credentials,
  client: Client,
) {
  const { db } = access
  const now = db.clock.now()
  const device = member && knownDevice(access, client.device, member.id)
  const attempt = await takeAttempt(
    db.app,
    { account: member?.id ?? login, ip: client.ip, device },
    now,
  )
  const right = await verifyPassword(given.password, member?.passwordHash ?? null)
  if (!member || !right) throw new AppError('unauthenticated', wrong)
  if (member.totpSecret !== null) {
    if (given.code === undefined) {
      await takeBackAttempt(db.app, attempt)
      throw new AppError('code_required', NO_CODE)
    }
    if (!(await useCode(db.app, access.secrets.encryptionKey, member, given.code, now))) {
      throw new AppError('code_required', WRONG_CODE)
    }
  }
  await settleAttempt(db.app, attempt)
  return renew(access, member, given.password)
}

/** Stores the password of an imported or older hash as we do it now. */
async function renew({ db }: Access, member: LoginMember, password: string): Promise<LoginMember> {
  if (member.passwordHash === null || !isOutdated(member.passwordHash)) return member
  const passwordHash = await hashPassword(password)
  await replacePasswordHash(db.app, member.id, member.passwordHash, passwordHash)
  return { ...member, passwordHash }
}
