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
