/** Sends the content of a message again, as a new message with a timeline of its own. */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { getMessage } from './change.ts'
import { copyOf } from './copyOf.ts'
import type { Accepted } from './schema.ts'
import { insertMessages } from './store/accept.ts'

/** Raises conflict when the content given with it is no longer kept. */
export async function resend(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<Accepted> {
  const copy = await copyOf(tx, await getMessage(tx, workspaceId, id), now)
  if (!copy) throw new AppError('conflict', 'The content of this message is no longer kept.')
  await insertMessages(tx, [copy], now)
  return { id: copy.id, status: 'queued' }
}
