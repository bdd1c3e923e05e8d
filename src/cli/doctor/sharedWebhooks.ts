/** Vendors that call one address for all senders: do they come, and were we sure of each other. */
import type { SenderDirectory } from '../../channels/directory.ts'
import type { SenderRow } from '../../channels/store.ts'
import type { Db } from '../../db/db.ts'
import { TOKEN_MISMATCH } from '../../tracking/callbacks/sharedCallback.ts'
import { type Finding, pass, warn } from './finding.ts'
import { readCallbacksOf } from './store.ts'

interface Examined {
  readonly db: Db
  readonly senders: SenderDirectory
  readonly publicUrl: string
}

/** Nothing of providers that are called at an address of each sender. */
export async function checkSharedWebhook(
  { db, senders, publicUrl }: Examined,
  { workspaceId, id, origin }: SenderRow,
  check: string,
): Promise<Finding[]> {
  const sender = await senders.find(workspaceId, id)
  const shared = sender?.provider.callbacks?.shared
  if (!sender || !shared) return []
  const own = origin === 'environment'
  const path = own ? `/webhook/${shared.path}` : `/webhook/${sender.provider.id}/${id}`
  const seen = await readCallbacksOf(db.engine, workspaceId, sender.provider.id, TOKEN_MISMATCH)
  const found: Finding[] = []
  if (!shared.isSigned(sender.settings)) {
    const mend = own ? 'Set META_APP_SECRET.' : `Give its secret by PUT /providers/${id}.`
    found.push(warn(check, 'Its webhooks are believed without a signature.', mend))
  }
  if (seen.mismatchAt !== null && (seen.lastAt === null || seen.mismatchAt > seen.lastAt)) {
    const detail = `A handshake came with another verify token than ours, ${seen.mismatchAt.toISOString()}.`
    const mend = `Enter ${own ? 'ADMIN_SECRET' : 'its verify token'} over there, and confirm the webhook again.`
    found.push(warn(check, detail, mend))
  }
  if (seen.lastAt !== null)
    return [...found, pass(check, `The last webhook came ${seen.lastAt.toISOString()}.`)]
  const mend = `Over there, subscribe to "messages" with ${publicUrl}${path} and the verify token.`
  return [...found, warn(check, 'No webhook has come yet.', mend)]
}
