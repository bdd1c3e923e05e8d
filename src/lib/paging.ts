/** Lists: `limit` and `cursor` in, `{data, has_more, next_cursor}` out. Keyset, never offset. */
import { z } from 'zod'
import { AppError } from '../errors.ts'

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

/** Makes a page of rows that were asked for with `limit + 1`. `keyOf` names where the next page begins. */
export function page<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => string,
  view: (row: R) => T,
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = rows.length > limit
  return {
    data: shown.map(view),
    has_more: hasMore,
    next_cursor: hasMore && last !== undefined ? cursorOf(keyOf(last)) : null,
  }
}

export const cursorOf = (key: string) => Buffer.from(key).toString('base64url')

/** The key that `page` put into a cursor; undefined for the first page. 422 when it is not ours. */
export function readCursor(
  cursor: string | undefined,
  shape: RegExp = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
): string | undefined {
  if (cursor === undefined) return undefined
  const key = Buffer.from(cursor, 'base64url').toString('utf8')
  if (shape.test(key)) return key
  throw new AppError(
    'invalid_input',
    'cursor: not a cursor of this list. Take next_cursor as it was given.',
    {
      errors: [{ pointer: '/cursor', detail: 'not a cursor of this list' }],
    },
  )
}
