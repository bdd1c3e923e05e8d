/** The order in which a channel's senders take turns, set for all of them at once. */
import type { Sql } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { audit } from '../workspaces/audit/audit.ts'
import type { SenderContext } from './createSender.ts'
import type { SenderOrder } from './schema.ts'
import { listSenders, lockChannel, type SenderRow, setPositions } from './store.ts'

/** 409 when the channel has others by now: nobody loses a sender that they have not seen. */
export async function orderSenders(
  tx: Sql,
  workspaceId: string,
  { channel, ids }: SenderOrder,
  { actor, now }: Pick<SenderContext, 'actor' | 'now'>,
): Promise<SenderRow[]> {
  const known = new Set(await lockChannel(tx, workspaceId, channel))
  const isWhole = ids.length === known.size && ids.every((id) => known.has(id))
  if (!isWhole || new Set(ids).size !== ids.length)
    throw new AppError('conflict', 'The channel has other senders by now. Read them again.')
  await setPositions(tx, workspaceId, ids, now)
  const details = { ids: [...ids] }
  await audit(tx, workspaceId, {
    actor,
    at: now,
    action: 'sender.ordered',
    target: channel,
    details,
  })
  return (await listSenders(tx, workspaceId)).filter((row) => row.channel === channel)
}
