/**
 * What a late "failed" says beyond the one message: its recipient is to be left alone for a while, or
 * the message may go yet in another form. Answers the receipts that still hold.
 */
import type { TransactionSql } from 'postgres'
import { goAgain } from '../../messages/goAgain.ts'
import { rest } from '../../messages/store/conversations.ts'
import { lockSent } from '../../messages/store/goAgain.ts'
import type { Located } from '../receive.ts'

export async function takeRefusals(
  tx: TransactionSql,
  workspaceId: string,
  located: readonly Located[],
  now: Date,
): Promise<Located[]> {
  const holding: Located[] = []
  for (const each of located) {
    const { receipt, messageId } = each
    if (receipt.restSeconds !== undefined) {
      const until = new Date(+receipt.at + receipt.restSeconds * 1_000)
      const message = await lockSent(tx, workspaceId, messageId)
      if (message?.address)
        await rest(tx, { workspaceId, senderId: message.senderId, address: message.address }, until)
    }
    if (receipt.windowClosed) {
      const { providerMessageId, detail = '' } = receipt
      const done = await goAgain(tx, workspaceId, { messageId, providerMessageId, detail }, now)
      if (done !== 'no') continue
    }
    holding.push(each)
  }
  return holding
}
