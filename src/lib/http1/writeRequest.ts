/** The bytes of a request (RFC 9112 §3, RFC 9110 §5). Nothing that a caller passes can end a line. */

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/
const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/
const NOT_ASCII = /[^\x00-\x7f]/

/** Says how the message is delimited and what becomes of the connection: ours to write. */
const OURS = new Set([
  ...['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer'],
])

/** Without its value, which may be a secret. */
export class BadHeader extends Error {
  override name = 'BadHeader'
}

export interface Wire {
  readonly head: string
  /** The head has characters of Latin-1 that UTF-8 would write differently. */
  readonly latin1: boolean
  readonly body: string | Buffer | null
}

export function writeRequest(
  method: string,
  to: { readonly host: string; readonly path: string },
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | null,
): Wire {
  let [host, fields] = [to.host, '']
  for (const name in headers) {
    const lower = name.toLowerCase()
    const value = headers[name] ?? ''
    if (!TOKEN.test(name) || NOT_IN_VALUES.test(value) || OURS.has(lower)) {
      throw new BadHeader(`invalid ${name.replace(/[^\x20-\x7e]/g, '?')} header`)
    }
    if (lower === 'host') host = value
    else if (lower !== 'content-length') fields += `${name}: ${value}\r\n`
  }
  let head = `${method} ${to.path} HTTP/1.1\r\nhost: ${host}\r\n${fields}`
  const length = body === null ? 0 : Buffer.byteLength(body)
  // RFC 9110 §8.6: a method that anticipates content says that there is none.
  if (length > 0 || (method !== 'GET' && method !== 'DELETE'))
    head += `content-length: ${length}\r\n`
  head += 'connection: keep-alive\r\n\r\n'
  return { head, latin1: NOT_ASCII.test(head), body: length === 0 ? null : body }
}
