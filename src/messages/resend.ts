/** Sends the content of a message again, as a new message with a timeline of its own. */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { getMessage } from './change.ts'
import { copyOf } from './copyOf.ts'
import { WRITTEN_ANEW } from './replace.ts'
import type { Accepted } from './schema.ts'
import { insertMessages } from './store/accept.ts'
import { lockMessage } from './store/change.ts'

/** Raises conflict when the content given with it is no longer kept, or its journey has written it anew. */
export async function resend(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<Accepted> {
  await lockMessage(tx, workspaceId, id) // its journey may be writing it anew at this moment
  const message = await getMessage(tx, workspaceId, id)
  if (message.reason === WRITTEN_ANEW)
    throw new AppError('conflict', 'Its journey has written this message anew. Look at that one.')
  const copy = await copyOf(tx, message, now)
  if (!copy) throw new AppError('conflict', 'The content of this message is no longer kept.')
  await insertMessages(tx, [copy], now)
  return { id: copy.id, status: 'queued' }
}
