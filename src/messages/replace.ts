/**
 * Takes messages that were not sent out of the dead letters, in the transaction of what sent them and now writes
 * them anew: who sends dead letters again does not send these as well.
 */
import type { TransactionSql } from 'postgres'
import { recordEvents } from '../events/record.ts'
import { markReplaced } from './store/holds.ts'

export const WRITTEN_ANEW = 'written_anew'
const DETAIL = 'Its journey has written it anew.'

export async function replaceMessages(
  tx: TransactionSql,
  workspaceId: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  const why = { reason: WRITTEN_ANEW, detail: DETAIL }
  const rows = await markReplaced(tx, workspaceId, ids, why)
  const events = rows.map(({ id, contactId, before }) => ({
    ...{ workspaceId, name: 'message.cancelled', messageId: id, contactId, at: now },
    ...{ source: 'journeys', properties: { from: before, ...why } },
  }))
  await recordEvents(tx, events, now)
}
