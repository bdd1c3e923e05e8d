/**
 * Codes of authenticator apps (RFC 6238) and recovery codes.
 *
 * A code is good once (§5.2): the time step that was used is kept, and only later ones
 * count. Recovery codes have 80 random bits each, so a plain hash of them is enough.
 */
import { hash, randomBytes } from 'node:crypto'
import { generateSecret, generateURI, verifySync } from 'otplib'
import type { Sql } from '../../db/db.ts'
import { open, seal } from '../../lib/crypt.ts'
import { useRecoveryCode, useTimeStep } from './store.ts'

const TOLERANCE_SECONDS = 30 // one step to either side, for clocks that are off
const RECOVERY_CODES = 10
const RECOVERY_CHARS = 16 // of 32 letters: 80 bits
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

export interface TotpOwner {
  readonly id: string
  readonly totpSecret: string | null
  readonly totpLastStep: number | null
}

export interface Enrolment {
  /** For typing it in. */
  readonly secret: string
  /** For the QR code. */
  readonly url: string
  readonly sealed: string
}

export function newEnrolment(
  key: Buffer,
  memberId: string,
  label: string,
  issuer: string,
): Enrolment {
  const secret = generateSecret()
  const url = generateURI({ issuer, label, secret })
  return { secret, url, sealed: seal(key, secret, place(memberId)) }
}

/** The time step of a right code; null for a wrong one, and for one at or before `after`. */
export function readCode(
  key: Buffer,
  memberId: string,
  sealed: string,
  code: string,
  now: Date,
  after: number | null,
) {
  if (!/^\d{6}$/.test(code)) return null
  const secret = open(key, sealed, place(memberId))
  const verdict = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: TOLERANCE_SECONDS,
    ...(after === null ? {} : { afterTimeStep: after }),
  })
  return verdict.valid && 'timeStep' in verdict ? verdict.timeStep : null
}

/** Uses up a code of the app or a recovery code. False when it is wrong or used, also by a request at the same time. */
export async function useCode(
  sql: Sql,
  key: Buffer,
  owner: TotpOwner,
  code: string,
  now: Date,
): Promise<boolean> {
  if (owner.totpSecret === null) return false
  const text = code.replace(/[\s-]/g, '').toLowerCase()
  const step = readCode(key, owner.id, owner.totpSecret, text, now, owner.totpLastStep)
  if (step !== null) return useTimeStep(sql, owner.id, step)
  return text.length === RECOVERY_CHARS && useRecoveryCode(sql, owner.id, hashRecoveryCode(text))
}

/** Ten codes to print, and their hashes to store. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const plain = Array.from({ length: RECOVERY_CODES }, () =>
    Array.from(randomBytes(RECOVERY_CHARS), (byte) => BASE32[byte & 31]).join(''),
  )
  return {
    codes: plain.map((code) => code.match(/.{4}/g)!.join('-')),
    hashes: plain.map(hashRecoveryCode),
  }
}

function hashRecoveryCode(plain: string): string {
  return hash('sha256', plain, 'base64url')
}

function place(memberId: string): string {
  return `members|totp_secret|${memberId}`
}
