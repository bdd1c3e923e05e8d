/** Sends the content of a message again, as a new message with a timeline of its own. */
import type { TransactionSql } from 'postgres'
import { AppError } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { getMessage } from './change.ts'
import { defaultExpiry } from './retry.ts'
import type { Accepted } from './schema.ts'
import { insertMessages } from './store/accept.ts'
import { findAttachments, findContents } from './store/parts.ts'

/** Raises conflict when the content given with it is no longer kept. */
export async function resend(
  tx: TransactionSql,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<Accepted> {
  const row = await getMessage(tx, workspaceId, id)
  const content = (await findContents(tx, [row])).get(id) ?? null
  if (row.templateId === null && !content)
    throw new AppError('conflict', 'The content of this message is no longer kept.')
  const attachments = (await findAttachments(tx, [row])).get(id) ?? []
  const copy = {
    ...row,
    id: uuid7(+now), // by the clock that writes created_at, as in prepare.ts
    status: 'queued' as const,
    variables: row.variables && JSON.stringify(row.variables),
    routing: row.routing && JSON.stringify(row.routing),
    metadata: row.metadata && JSON.stringify(row.metadata),
    dueAt: now,
    scheduledAt: null,
    expiresAt: defaultExpiry(row.kind, now),
    sendWindow: null,
    resendOf: id,
    fallback: null,
    content,
    attachments,
  }
  await insertMessages(tx, [copy], now)
  return { id: copy.id, status: 'queued' }
}
