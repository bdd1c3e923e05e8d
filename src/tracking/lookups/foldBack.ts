/**
 * Notes what was found out about addresses, and judges the messages that were hit from there again: one
 * transaction, under the same lock as the projector's. Events stay as they were recorded.
 */
import type { TransactionSql } from 'postgres'
import { isTelling } from '../networks.ts'
import { judgeMessages } from '../project/judge.ts'
import type { ProjectDeps } from '../project/project.ts'
import { MOST, save } from '../project/save.ts'
import { findEngagements } from '../store/engagements.ts'
import { tryWorkspaceLock } from '../store/hits.ts'
import { findHitMessages } from '../store/messages.ts'
import { type Located, saveNetworks } from '../store/networks.ts'

/** False: another process is at this workspace's hits. */
export async function foldBack(
  tx: TransactionSql,
  workspaceId: string,
  found: readonly Located[],
  deps: ProjectDeps,
  now: Date,
): Promise<boolean> {
  if (!(await tryWorkspaceLock(tx, workspaceId))) return false
  const noted = await saveNetworks(tx, workspaceId, found)
  const telling = new Set(found.filter(isTelling).map((each) => each.messageId))
  const ids = noted.filter((id) => telling.has(id))
  if (ids.length === 0) return true
  const messages = await findHitMessages(tx, workspaceId, ids)
  const before = await findEngagements(tx, workspaceId, [...messages.keys()], MOST)
  const hits = { messages, rows: before, around: undefined }
  const after = await judgeMessages(tx, workspaceId, hits, deps)
  await save(tx, workspaceId, { messages, before, after, news: new Set() }, deps, now)
  return true
}
