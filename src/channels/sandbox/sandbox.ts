/**
 * The sandbox: a provider for every channel that accepts messages and calls nobody. The
 * message stays readable in the outbox, because messages/ keeps what was rendered.
 *
 * It plays the recipient, by the first word of the address (before `@`; `open2@…` and
 * `open+anything@…` too) or the last four digits of a phone number:
 *
 *   bounce       …0001   accepted, then bounces
 *   complain     …0002   delivered, then marked as spam
 *   open         …0003   delivered and opened
 *   click        …0004   delivered, opened and clicked
 *   reply        …0005   delivered and answered
 *   fail         …0006   refused for good
 *   retry        …0007   refused once ("429"), then delivered
 *   unsubscribe  …0008   delivered, then unsubscribes
 *   unknown, hang …0009  the answer is lost
 *   anything else        delivered
 *
 * `idempotency` is 'none' on purpose, although repeating is harmless here: only then does
 * a lost answer lead to the state `unknown`, as it does with most real providers.
 */
import { z } from 'zod'
import { Rejected, Retryable, Unanswered } from '../../errors.ts'
import { type ChannelId, channelIds } from '../channel.ts'
import { defineProvider, type Outbound, type Provider, type ReceiptKind } from '../provider.ts'

const words = [
  'bounce',
  'complain',
  'open',
  'click',
  'reply',
  'fail',
  'retry',
  'unsubscribe',
  'unknown',
  'hang',
] as const
type Word = (typeof words)[number]

const wordAtStart = new RegExp(`^(${words.join('|')})(?:\\d*|\\+[^@]*)(?:@|$)`, 'i')
const phoneChannels: ReadonlySet<ChannelId> = new Set(['sms', 'whatsapp', 'voice'])

const afterwards: Partial<Record<Word, readonly ReceiptKind[]>> = {
  bounce: ['bounced'],
  complain: ['delivered', 'complained'],
  open: ['delivered', 'opened'],
  click: ['delivered', 'opened', 'clicked'],
  reply: ['delivered', 'replied'],
  unsubscribe: ['delivered', 'unsubscribed'],
}

const REMEMBERED = 10_000 // refused messages; the oldest is then refused once more

export const sandboxes: readonly Provider[] = channelIds.map(sandboxFor)

function sandboxFor<C extends ChannelId>(channel: C) {
  return defineProvider<C, Record<string, never>, Set<string>>({
    id: 'sandbox',
    channel,
    name: 'Sandbox',
    settings: z.object({}),
    limits: { concurrency: 500 },
    delivery: {
      idempotency: 'none',
      correlate: 'provider_message_id',
      ambiguousOn: ['recipients named unknown or hang, and numbers that end in 0009'],
    },
    open: () => new Set(),
    async check() {},
    async send(message, { connection: refused }) {
      return play(wordOf(channel, message.to), message, refused)
    },
    /** The outbox shows what the message says now; there is nobody else to tell. */
    async update() {},
  })
}

function wordOf(channel: ChannelId, to: string): Word | undefined {
  if (phoneChannels.has(channel)) {
    const [, number] = /^\+?\d*000([1-9])$/.exec(to) ?? []
    if (number) return words[Number(number) - 1]
  }
  const found = wordAtStart.exec(to)?.[1]?.toLowerCase()
  return words.find((word) => word === found)
}

function play(word: Word | undefined, { id }: Outbound<ChannelId>, refused: Set<string>) {
  if (word === 'fail')
    throw new Rejected('content', 'The sandbox refused this recipient.', 'sandbox_fail')
  if (word === 'unknown' || word === 'hang') throw new Unanswered('The sandbox lost its answer.')
  if (word === 'retry' && !refused.has(id)) {
    remember(refused, id)
    throw new Retryable('The sandbox is busy once.', { after: 1, code: '429' })
  }
  const kinds: readonly ReceiptKind[] = (word && afterwards[word]) ?? ['delivered']
  const providerMessageId = `sandbox-${id}`
  const at = new Date()
  return {
    providerMessageId,
    reply: 'accepted by the sandbox',
    receipts: kinds.map((kind) => ({
      messageId: id,
      providerMessageId,
      kind,
      at,
      detail: 'Played by the sandbox.',
    })),
  }
}

function remember(refused: Set<string>, id: string) {
  refused.add(id)
  if (refused.size <= REMEMBERED) return
  for (const oldest of refused) {
    refused.delete(oldest)
    return
  }
}
