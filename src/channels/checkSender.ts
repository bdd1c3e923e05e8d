/** Asks a sender's provider whether its settings work, and says so in plain words. */
import { AppError, isVendorFault, Retryable } from '../errors.ts'
import type { SenderDirectory } from './directory.ts'
import type { CheckResult } from './schema.ts'

/** Calls the vendor; sends nobody anything. */
export async function checkSender(
  senders: SenderDirectory,
  workspaceId: string,
  id: string,
): Promise<CheckResult> {
  senders.forget(workspaceId)
  const sender = await senders.find(workspaceId, id)
  if (!sender) throw new AppError('not_found', 'There is no such sender.')
  try {
    await sender.provider.check(senders.context(sender))
    return { ok: true, detail: `${sender.name} works.` }
  } catch (error) {
    if (!isVendorFault(error)) throw error
    const { message: detail } = error
    return {
      ok: false,
      detail: error instanceof Retryable ? `${detail} Trying again may help.` : detail,
    }
  }
}
