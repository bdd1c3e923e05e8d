/** What messages hold about a person: exported with the contact, erased with it. */
import type { TransactionSql } from 'postgres'
import type { Sql } from '../db/db.ts'
import { eraseConversationsOf, eraseMessagesOf, listMessagesOf } from './store/forget.ts'

interface Subject {
  readonly contactIds: readonly string[]
  readonly addresses: readonly { readonly address: string }[]
}

/** Content, addresses, variables and engagement go; that a message existed, and when, stays. Waiting ones are cancelled. */
export async function eraseMessages(
  sql: TransactionSql,
  workspaceId: string,
  subject: Subject,
  now: Date,
): Promise<void> {
  await eraseConversationsOf(sql, workspaceId, subject)
  await eraseMessagesOf(sql, workspaceId, subject.contactIds, now)
}

export function exportMessages(
  sql: Sql,
  workspaceId: string,
  subject: Pick<Subject, 'contactIds'>,
): Promise<unknown> {
  return listMessagesOf(sql, workspaceId, subject.contactIds)
}
