/**
 * Keeps other sites from using a signed-in browser (CSRF). Browsers say where a request
 * comes from, by Sec-Fetch-Site (not over plain http) and by Origin (on everything but
 * GET and HEAD); together with SameSite=Lax that needs no token.
 */
import type { FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'

/** Those that change nothing (RFC 9110 §9.2.1). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/** For requests that carry the session's cookie. 403 for a change that does not say it comes from our own pages. */
export function requireSameOrigin(request: FastifyRequest, publicUrl: string): void {
  if (safe.has(request.method)) return
  refuseOtherOrigin(request, publicUrl)
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin === undefined && site === undefined) {
    throw new AppError(
      'forbidden',
      'A change made with the session cookie needs the header Origin. Programs use an API key.',
    )
  }
}

/** For signing in, which has no session yet: what comes from another site is refused, programs pass. */
export function refuseOtherOrigin(request: FastifyRequest, publicUrl: string): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  const sameSite = site === undefined || site === 'same-origin' || site === 'none'
  if (sameSite && (origin === undefined || isOurs(origin, request, publicUrl))) return
  throw new AppError('forbidden', 'This request comes from another site.')
}

function isOurs(origin: string, request: FastifyRequest, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false // `null`, which sandboxed pages send
  const { origin: exact, host } = new URL(origin)
  return exact === new URL(publicUrl).origin || host === request.host
}
