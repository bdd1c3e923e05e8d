/**
 * A DATABASE_URL that names a unix socket, as libpq writes it (PostgreSQL manual, 32.1.1.2):
 *
 *   postgres://user:password@/database?host=/run/postgresql&port=5432
 *
 * Neither the driver nor the URL standard knows this form, so it is read here.
 */
import type { DatabaseAddress } from './db.ts'

const FORM =
  /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?(?:localhost)?(?::(\d+))?\/([^?]*)\?(.*)$/

/** Undefined for any other URL. */
export function socketAddress(url: string): DatabaseAddress | undefined {
  const [, user, password, port, database, query] = FORM.exec(url) ?? []
  const options = new URLSearchParams(query)
  const folder = options.get('host')
  if (!folder?.startsWith('/')) return undefined
  return {
    socketDir: folder,
    port: Number(port ?? options.get('port') ?? 5432),
    database: decodeURIComponent(database || (options.get('dbname') ?? 'beckon')),
    user: decodeURIComponent(user || (options.get('user') ?? 'beckon')),
    ...(password ? { password: decodeURIComponent(password) } : {}),
  }
}

/** What libpq and poolers read themselves; the driver would hand it to PostgreSQL, which refuses to connect. */
const CLIENT_SIDE =
  /^(channel_binding|gss\w+|krbsrvname|ssl(cert|key|password|crl|crldir|sni|compression|certmode|_\w+)|require_?\w+|keepalives\w*|tcp_user_timeout|load_balance_hosts|passfile|service|fallback_application_name|pgbouncer|connection_limit|pool_timeout|schema)$/

/** As hosts of PostgreSQL print it, but with what the server itself may be told only. */
export function serverUrl(url: string): string {
  const [address = '', query] = url.split(/\?(.*)/s)
  if (!query) return address
  const options = new URLSearchParams(query)
  for (const [name, value] of [...options]) {
    // `system` is the one value that the driver knows; without a file it trusts the system's too.
    const isFile = name === 'sslrootcert' && value !== 'system'
    if (CLIENT_SIDE.test(name) || isFile) options.delete(name)
  }
  return options.size > 0 ? `${address}?${options}` : address
}
