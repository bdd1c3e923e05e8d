/** Erases a person from the log of requests, with all else that is held about them. */
import type { Sql } from '../../db/db.ts'
import { forgetIn } from './store.ts'

export function eraseRequests(
  sql: Sql,
  workspaceId: string,
  subject: {
    readonly contactIds: readonly string[]
    readonly addresses: readonly { readonly address: string }[]
  },
): Promise<void> {
  const addresses = subject.addresses.map((each) => each.address)
  return forgetIn(sql, workspaceId, { addresses, ids: subject.contactIds })
}
