/**
 * Somebody took another number, as the vendor tells: everybody here who has the old one is written to at the
 * new one from now on. The old one stays as an address of theirs, for it is where earlier messages went. Whoever
 * asked to be left alone there is left alone here.
 */
import type { TransactionSql } from 'postgres'
import { isSuppressed, suppress } from '../../consent/suppress.ts'
import { lockContacts } from '../../contacts/upsert.store.ts'
import { saveAddresses } from '../../contacts/upsert.ts'
import { addIdentity, listByPrimaryPhone } from '../store/writers.ts'

interface Move {
  readonly workspaceId: string
  /** The provider's id. */
  readonly source: string
  readonly contactId: string
  /** Both E.164. */
  readonly from: string
  readonly to: string
}

export async function changeNumber(
  tx: TransactionSql,
  { workspaceId, source, contactId, from, to }: Move,
  now: Date,
): Promise<void> {
  const others = await listByPrimaryPhone(tx, workspaceId, from)
  const ids = [...new Set([contactId, ...others])].sort()
  await lockContacts(tx, workspaceId, ids)
  const phone = { kind: 'phone' as const, address: to }
  const addresses = [{ ...phone, primary: true, verified: false }]
  const rows = ids.map((id) => ({ contactId: id, addresses }))
  await saveAddresses(tx, workspaceId, rows, now)
  await addIdentity(tx, workspaceId, { source, externalId: to, contactId }, now)
  if (!(await isSuppressed(tx, workspaceId, { kind: 'phone', address: from }, now))) return
  const detail = `${from} → ${to}`
  await suppress(tx, workspaceId, { ...phone, reason: 'manual', source, detail }, now)
}
