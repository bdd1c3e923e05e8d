/**
 * Takes what was said of erased contacts out of their events. That something happened, and
 * when, stays: without the contact it is about nobody.
 */
import type { TransactionSql } from 'postgres'
import { blankEvents } from './store.ts'

/** Inside `inWorkspace` only, which decides whose events. Answers how many. */
export function forgetEvents(
  tx: TransactionSql,
  what: { contactIds?: readonly string[]; messageIds?: readonly string[] },
): Promise<number> {
  return blankEvents(tx, what.contactIds ?? [], what.messageIds ?? [])
}
