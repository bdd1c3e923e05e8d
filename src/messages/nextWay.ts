/** Where a message goes next when its channel did not do: asked when it was refused, and when nothing was heard of it. */
import { addressKind } from '../channels/address.ts'
import { type ChannelId, channelIds } from '../channels/channel.ts'
import type { Sender, SenderDirectory } from '../channels/directory.ts'
import { findContactIds } from '../contacts/store.ts'
import type { Sql } from '../db/db.ts'
import type { Onward } from './schema.ts'
import { findAddress } from './store/fallbacks.ts'

export interface Way {
  readonly channel: ChannelId
  readonly sender: Sender
  /** Null where the channel needs none, and for the sandbox. */
  readonly address: string | null
  /** The channels after this one; null for none. */
  readonly routing: readonly Onward[] | null
}

interface Goer {
  readonly workspaceId: string
  readonly contactId: string | null
  readonly routing: readonly Onward[] | null
}

/** The first of its next channels by which its contact, or whom that was merged into, can be reached. */
export async function nextWay(
  sql: Sql,
  { workspaceId, contactId, routing }: Goer,
  senders: Pick<SenderDirectory, 'forChannel'>,
  now: Date,
): Promise<Way | undefined> {
  const left = (routing ?? []).flatMap(({ channel: name, address }) => {
    const channel = channelIds.find((id) => id === name)
    return channel ? [{ channel, ...(address === undefined ? {} : { address }) }] : []
  })
  const contact = contactId && (await findContactIds(sql, workspaceId, [contactId])).get(contactId)
  for (const [index, { channel, address: given }] of left.entries()) {
    const all = await senders.forChannel(workspaceId, channel)
    const sender = all.find((one) => canWork(one, now)) ?? all[0]
    if (!sender) continue
    const kind = addressKind(channel)
    const own = kind && contact ? await findAddress(sql, workspaceId, contact, kind) : null
    const address = kind ? (given ?? own) : null
    if (kind && address === null && sender.origin !== 'builtin') continue
    const rest = left.slice(index + 1)
    return { channel, sender, address, routing: rest.length > 0 ? rest : null }
  }
  return undefined
}

export const canWork = (sender: Sender, now: Date) =>
  sender.status === 'active' && !(sender.breakerOpenUntil && sender.breakerOpenUntil > now)
