/**
 * Changes what a message says: an alert that is counted up, a notice that turned out wrong.
 *
 * One that has not gone says the new thing when it goes. One that has is changed at the
 * vendor, where the vendor can (editor.ts does it, after the caller's transaction).
 */
import type { TransactionSql } from 'postgres'
import { waiting } from './life.ts'
import type { Status } from './schema.ts'
import { lockMessage, type NewContent, requestEdit, writeContent } from './store/edits.ts'

export type Edited =
  | 'replaced' // it had not gone yet, and goes with the new content
  | 'edited' // it has gone, and is being changed where it lies
  | 'gone' // there is nothing to change: it never went out, or is not ours

const sent: readonly Status[] = ['sending', 'sent', 'delivered']

/** In the caller's transaction, on the engine role. Wake the editor after the commit. */
export async function editMessage(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  change: NewContent,
  now: Date,
): Promise<Edited> {
  const message = await lockMessage(tx, workspaceId, id)
  if (!message) return 'gone'
  const waits = waiting.includes(message.status)
  if (!waits && !sent.includes(message.status)) return 'gone'
  await writeContent(tx, workspaceId, id, change, now)
  // Also while it waits: it may be rendered already, and would go out with the old content.
  await requestEdit(tx, workspaceId, id, now)
  return waits ? 'replaced' : 'edited'
}
