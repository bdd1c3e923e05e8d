/** What every answer carries; pages that need more replace some. */
export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
} as const

const YEAR_SECONDS = 365 * 24 * 60 * 60

/** Of a server that people reach by https: browsers never ask it by http again (RFC 6797). Its subdomains may be others'. */
export function headersFor(publicUrl: string): Readonly<Record<string, string>> {
  if (!publicUrl.startsWith('https:')) return securityHeaders
  return { ...securityHeaders, 'strict-transport-security': `max-age=${YEAR_SECONDS}` }
}
