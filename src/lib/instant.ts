/** A moment as requests give it: RFC 3339 with an offset. Pure, for schemas. */
import { z } from 'zod'

const NOT_A_DATE = 'not a date. Use ISO 8601 with a zone, such as 2026-03-14T14:00:00Z.'
// Beyond these the database reads another spelling of years than JavaScript writes.
const FIRST = Date.parse('0001-01-01T00:00:00Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

export const Instant = z.iso
  .datetime({ offset: true, error: NOT_A_DATE, abort: true })
  .refine((text) => {
    const at = Date.parse(text)
    return at >= FIRST && at <= LAST
  }, NOT_A_DATE)
