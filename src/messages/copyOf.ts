/** The content of a message as a new one with a timeline of its own. */
import type { TransactionSql } from 'postgres'
import { uuid7 } from '../lib/uuid7.ts'
import { defaultExpiry } from './retry.ts'
import type { NewRow } from './store/accept.ts'
import { findAttachments, findContents } from './store/parts.ts'
import type { MessageRow } from './store/read.ts'

/** Due at once, without window and fallback. Null when the content given with it is no longer kept. Writes nothing. */
export async function copyOf(
  tx: TransactionSql,
  row: MessageRow,
  now: Date,
): Promise<NewRow | null> {
  const content = (await findContents(tx, [row])).get(row.id) ?? null
  if (row.templateId === null && !content) return null
  return {
    ...row,
    id: uuid7(+now), // by the clock that writes created_at, as in prepare.ts
    status: 'queued',
    variables: row.variables && JSON.stringify(row.variables),
    routing: row.routing && JSON.stringify(row.routing),
    metadata: row.metadata && JSON.stringify(row.metadata),
    dueAt: now,
    scheduledAt: null,
    expiresAt: defaultExpiry(row.kind, now),
    sendWindow: null,
    resendOf: row.resendOf ?? row.id, // the first of them all, also for a copy of a copy
    fallback: null,
    content,
    attachments: (await findAttachments(tx, [row])).get(row.id) ?? [],
  }
}
