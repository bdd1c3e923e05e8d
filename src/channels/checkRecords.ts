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

/** Raises `not_found`, and `conflict` for a sender that has no domain. Asks name servers only. */
export async function checkRecords(
  { senders, publicUrl, dns }: RecordDeps,
  { workspaceId, id }: { workspaceId: string; id: string },
  now: Date,
): Promise<SenderRecords> {
  senders.forget(workspaceId)
  const sender = await senders.find(workspaceId, id)
  if (!sender) throw new AppError('not_found', 'There is no such sender.')
  const sending = sender.provider.sendingDomain?.(sender.settings)
  if (!sending) {
    const detail = `${sender.name} sends from no domain, so there are no records to look at.`
    throw new AppError('conflict', detail)
  }
  const records = await checkDomain(sending, { dns, publicUrl })
  return {
    domain: sending.domain,
    checked_at: now.toISOString(),
    records: records.map((each) => ({ ...each, present: [...each.present] })),
  }
}
