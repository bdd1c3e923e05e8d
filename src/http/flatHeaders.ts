/** Header fields as what follows reads them: one text each, those that came several times joined. */
import type { IncomingHttpHeaders } from 'node:http'

export function flatHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
    ),
  )
}
