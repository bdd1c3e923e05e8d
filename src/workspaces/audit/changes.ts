/** Before and after, for the audit log. Of facts only: texts of people, addresses and secrets stay out. */
import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../db/db.ts'
import type { Details } from './audit.ts'

type Facts = Readonly<Record<string, Json | Date | undefined>>

/** `{changes: {field: {before, after}}}` of what is not the same; nothing where all is. */
export function changesOf(before: Facts, after: Facts): Details {
  const changes: Record<string, Json> = {}
  for (const name of Object.keys(after)) {
    const [was, is] = [plain(before[name]), plain(after[name])]
    if (!isDeepStrictEqual(was, is)) changes[name] = { before: was, after: is }
  }
  return Object.keys(changes).length > 0 ? { changes } : {}
}

const plain = (value: Json | Date | undefined): Json =>
  value instanceof Date ? value.toISOString() : (value ?? null)
