/** Which events somebody who reacts to them hears of. */
import type { Sql } from '../db/db.ts'
import { replaceInterests } from './subscribers.store.ts'

/** From the commit of the caller's transaction on. */
export async function setInterests(
  tx: Sql,
  workspaceId: string,
  subscriber: string,
  names: readonly string[],
): Promise<void> {
  await replaceInterests(tx, workspaceId, subscriber, names)
}
