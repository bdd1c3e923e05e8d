/** The records of the domain that a sender sends from: which are there, and what to add. */
import { AppError } from '../errors.ts'
import type { Dns } from '../lib/dns.ts'
import type { SenderDirectory } from './directory.ts'
import { checkDomain } from './email/checkDomain.ts'
import type { SenderRecords } from './schema.ts'

export interface RecordDeps {
  readonly senders: SenderDirectory
  readonly publicUrl: string
  readonly dns: Dns
}

/** Raises `not_found`. Asks name servers only; nothing of a sender that has no domain. */
export async function checkRecords(
  { senders, publicUrl, dns }: RecordDeps,
  { workspaceId, id }: { workspaceId: string; id: string },
  now: Date,
): Promise<SenderRecords> {
  senders.forget(workspaceId)
  const sender = await senders.find(workspaceId, id)
  if (!sender) throw new AppError('not_found', 'There is no such sender.')
  const sending = sender.provider.sendingDomain?.(sender.settings)
  if (!sending) return { domain: null, checked_at: now.toISOString(), records: [] }
  const records = await checkDomain(sending, { dns, publicUrl })
  return {
    domain: sending.domain,
    checked_at: now.toISOString(),
    records: records.map((each) => ({ ...each, present: [...each.present] })),
  }
}
