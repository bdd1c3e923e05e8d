/** Walks a workspace's audit chain from its first link to its head. */
import type { Sql } from '../../db/db.ts'
import { linkHash } from './audit.ts'
import { findHead, listLinks } from './store.ts'

const PAGE = 1000 // entries read at once

/** A head as it was at some time. */
export interface Anchor {
  readonly seq: number
  readonly hash: string
}

export type Verdict =
  | { readonly ok: true; readonly entries: number; readonly head: string }
  | { readonly ok: false; readonly seq: number; readonly fault: string }

/**
 * The first fault, or how many entries are sound. Entries added meanwhile are not looked
 * at. A chain whose tail and head were both cut is sound in itself: an `anchor` that was
 * noted earlier, somewhere else (anchor.ts writes one to the log each hour), shows it.
 */
export async function verifyAudit(
  sql: Sql,
  workspaceId: string,
  anchor?: Anchor,
): Promise<Verdict> {
  const head = await findHead(sql, workspaceId)
  const last = head?.seq ?? 0
  let seq = 0
  let before = ''
  for (;;) {
    const rows = await listLinks(sql, workspaceId, { after: seq, limit: PAGE })
    for (const row of rows) {
      if (row.seq > last && head) return { ok: true, entries: seq, head: before }
      const { hash, ...link } = row
      if (row.seq !== seq + 1) return { ok: false, seq: seq + 1, fault: 'This entry is missing.' }
      if (linkHash(workspaceId, before, link) !== hash) {
        return { ok: false, seq: row.seq, fault: 'This entry or its hash was changed.' }
      }
      if (row.seq === anchor?.seq && hash !== anchor.hash) {
        return { ok: false, seq: row.seq, fault: 'The anchor names another entry at this place.' }
      }
      seq = row.seq
      before = hash
      if (seq === last && before !== head?.hash) {
        return { ok: false, seq, fault: 'The head of the chain is another one.' }
      }
    }
    if (rows.length < PAGE) break
  }
  if (seq < Math.max(last, anchor?.seq ?? 0))
    return { ok: false, seq: seq + 1, fault: 'This entry is missing.' }
  return { ok: true, entries: seq, head: before }
}
