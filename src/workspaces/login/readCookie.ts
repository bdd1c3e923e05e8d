/**
 * One cookie of a request's header. Authentication runs before the cookie plugin's hook,
 * and needs only this one.
 */

/** The first of that name (RFC 6265 §5.4 puts the most specific one first). Undefined when there is none. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
