/** Lists: `limit` and `cursor` in, `{data, has_more, next_cursor}` out. Keyset, never offset. */
import { z } from 'zod'
import { invalid } from '../errors.ts'

const VERSION = 1 // of how a cursor is written
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const FIRST_MOMENT = Date.parse('0001-01-01T00:00:00Z') // earlier ones the database spells in another way
const foreign =
  'This is not a cursor of this list, or it is from before an update. Take next_cursor as it was given, or begin again without it.'

export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(20)
    .meta({ description: 'Rows per page.' }),
  cursor: z.string().max(500).optional().meta({ description: 'next_cursor of the page before.' }),
}

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    has_more: z.boolean(),
    next_cursor: z.string().nullable(),
  })
}

export interface PagedList {
  /** Makes a page of rows that were asked for with `limit + 1`. `keyOf` names where the next page begins. */
  page<R, T>(
    rows: readonly R[],
    limit: number,
    keyOf: (row: R) => string,
    view: (row: R) => T,
  ): { data: T[]; has_more: boolean; next_cursor: string | null }
  cursorOf(key: string): string
  /** The key that stands in a cursor of this list; undefined for the first page. 422 for any other. */
  read(cursor: string | undefined): string | undefined
}

/**
 * `name` stands in the list's cursors, so that one of another list is refused: give another
 * name when the order changes. `shape` is of its keys: an id, or a moment, a space and an id.
 */
export function pagedList(name: string, shape = UUID): PagedList {
  const mark = `${VERSION} ${name} `
  const cursorOf = (key: string) => Buffer.from(mark + key).toString('base64url')
  return {
    cursorOf,
    page: (rows, limit, keyOf, view) => {
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const hasMore = rows.length > limit
      return {
        data: shown.map(view),
        has_more: hasMore,
        next_cursor: hasMore && last !== undefined ? cursorOf(keyOf(last)) : null,
      }
    },
    read: (cursor) => {
      if (cursor === undefined) return undefined
      const text = Buffer.from(cursor, 'base64url').toString('utf8')
      const key = text.slice(mark.length)
      if (text.startsWith(mark) && shape.test(key) && isInTime(key)) return key
      throw invalid('/cursor', foreign)
    },
  }
}

/** Of a key that begins with a moment: the database reads it. */
function isInTime(key: string): boolean {
  const [moment, id] = key.split(' ')
  return id === undefined || Date.parse(moment ?? '') >= FIRST_MOMENT
}

/** Of a short list that is read whole: behind the row that the page before ended with. */
export function startOf(
  rows: readonly { readonly id: string }[],
  after: string | undefined,
): number {
  if (after === undefined) return 0
  const at = rows.findIndex((row) => row.id === after)
  if (at === -1) throw invalid('/cursor', 'The list has changed. Begin with the first page again.')
  return at + 1
}
