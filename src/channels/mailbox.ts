/** Who a sender's mail is from. */
import { z } from 'zod'
import type { Mailbox } from './channel.ts'
import type { Sender } from './directory.ts'

const From = z.object({ from_email: z.string(), from_name: z.string().optional() })
const sandbox: Mailbox = { name: 'Beckon sandbox', address: 'sandbox@beckon.invalid' }

/** The sandbox's own for senders without a From address. */
export function mailboxOf({ settings }: Pick<Sender, 'settings'>): Mailbox {
  const { data } = From.safeParse(settings)
  return data ? { name: data.from_name, address: data.from_email } : sandbox
}
