/** Refuses requests whose head means one thing to us and may mean another to a proxy, or to PostgreSQL. */
import type { IncomingMessage } from 'node:http'
import { AppError } from '../errors.ts'

/** `lenient` for addresses that vendors make: they are taken as they come, but for NUL. */
export function checkHead(request: IncomingMessage, lenient: boolean): void {
  if (hasTwoHosts(request))
    throw new AppError('malformed', 'There is more than one field Host. Send one.')
  const { url = '' } = request
  if (url.includes('%')) checkAddress(url, lenient)
}

/** Node takes the first; a proxy before us may have taken the other (RFC 9112 §3.2). */
function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

function checkAddress(url: string, lenient: boolean): void {
  if (url.includes('%00'))
    throw new AppError('malformed', 'The address contains a NUL character. Remove it.')
  if (lenient) return
  try {
    decodeURIComponent(url)
  } catch (cause) {
    throw new AppError('malformed', 'The address is not valid percent-encoded UTF-8.', { cause })
  }
}
