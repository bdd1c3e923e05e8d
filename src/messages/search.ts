/**
 * Finds messages in bounded time, however many there are and however few match.
 *
 * Ids are UUID v7, so a stretch of time is a stretch of ids. A text is looked up among people, of whom
 * there are fewer than messages; where nobody has it now, messages may still bear it: an address that
 * was changed since. A subject is looked up among the versions of templates, and among those given
 * with messages in the index that has them. Ends that ask for a person (failed, skipped, …) and what waits have
 * indexes. All else is looked for among SPAN messages at a time: a page may then be short, or
 * empty, and say where to go on.
 */
import type { Sql } from '../db/db.ts'
import { isUuid, uuid7Floor } from '../lib/uuid7.ts'
import { type ListFilter, listMessages, type MessageRow } from './store/read.ts'
import { findBack, findPeopleLike, findVersionsAbout } from './store/search.ts'

const SPAN = 50_000 // messages looked at for one page
const MANY = 500 // people; a text that means more of them is found among the newest messages soon
const SKEW_MS = 3_600_000 // between the clock that made an id and the one that wrote created_at, at most
/** Most messages end so, and no index is kept of them. */
const common: ReadonlySet<string> = new Set(['sent', 'delivered'])

export interface Found {
  readonly rows: readonly MessageRow[]
  /** Where to go on, when the search stopped before it had `limit` rows. */
  readonly stoppedAt: string | null
}

/** What a caller asks for: a subject by its words. */
export type Search = Omit<ListFilter, 'subject'> & { readonly subject?: string | null }

export async function searchMessages(tx: Sql, workspaceId: string, asked: Search): Promise<Found> {
  const filter = { ...asked, subject: await subjectOf(tx, workspaceId, asked.subject ?? '') }
  const { from, to, text } = filter
  if (text !== null && isUuid(text)) {
    const rows = await listMessages(tx, workspaceId, { ...filter, text: null, id: text })
    if (rows.length > 0) return { rows, stoppedAt: null }
  }
  const since = from && uuid7Floor(+from - SKEW_MS)
  const before = earliest(filter.before, to && uuid7Floor(+to + SKEW_MS))
  const people = text === null ? null : await findPeopleLike(tx, workspaceId, text, MANY)
  const within = { ...filter, before, since }
  if (people && people.length > 0 && people.length < MANY)
    return {
      rows: await listMessages(tx, workspaceId, { ...within, text: null, people }),
      stoppedAt: null,
    }
  const back = isSwift(filter) ? undefined : await findBack(tx, workspaceId, { before, span: SPAN })
  const floor = back !== undefined && (since === null || back > since) ? back : null
  const rows = await listMessages(tx, workspaceId, { ...within, since: floor ?? since })
  return { rows, stoppedAt: rows.length < filter.limit ? floor : null }
}

async function subjectOf(tx: Sql, workspaceId: string, text: string) {
  const words = text.split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return null
  return { words, versions: await findVersionsAbout(tx, workspaceId, words) }
}

/** Whether an index leads to what is wanted, or every message is. */
function isSwift(filter: ListFilter): boolean {
  const { status, recipientId, channel, topic, priority, text } = filter
  const { senderId = null, provider = null, subject = null } = filter
  if (recipientId !== null) return true
  const others = [senderId, provider, channel, topic, priority, text, subject]
  const alone = others.every((each) => each === null)
  return alone && (status === null || !common.has(status))
}

const earliest = (a: string | null, b: string | null) => (a && b ? (a < b ? a : b) : (a ?? b))
