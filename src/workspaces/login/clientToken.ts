/**
 * The JWT of /api/client/login. HS256 with our own key and nothing else (RFC 8725 §3.1);
 * every token names a session's row, so that signing out ends it at once. It lives an hour:
 * pages keep it where scripts can read it, and a page that is in use signs in again.
 */
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { keyId } from '../../lib/crypt.ts'

export const TOKEN_SECONDS = 3600
const ISSUER = 'beckon'
const AUDIENCE = 'beckon:api'
const TYPE = 'JWT'

const Claims = z.object({ sub: z.uuid(), jti: z.string().regex(/^[0-9a-f]{64}$/) })

export interface ClientToken {
  readonly memberId: string
  readonly sessionHash: string
}

export function signToken(
  key: Buffer,
  { memberId, sessionHash }: ClientToken,
  now: Date,
): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000)
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid: keyId(key) })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(memberId)
    .setJti(sessionHash)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + TOKEN_SECONDS)
    .sign(key)
}

/** Null when it is not a token of ours, or no longer. Whether its session lives is another question. */
export async function readToken(
  key: Buffer,
  token: string,
  now: Date,
): Promise<ClientToken | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      maxTokenAge: TOKEN_SECONDS,
      currentDate: now,
    })
    if (protectedHeader.kid !== keyId(key)) return null
    const claims = Claims.safeParse(payload)
    return claims.success ? { memberId: claims.data.sub, sessionHash: claims.data.jti } : null
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

/** Three parts, as a JWT has (RFC 7515 §7.1). */
export function looksLikeToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
}
