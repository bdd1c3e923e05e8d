/**
 * What a provider is.
 *
 * A channel is a way to reach a contact (email, sms, push). A provider carries
 * messages on one channel (plain SMTP, Discord, Twilio).
 *
 * A provider translates and does nothing else. It is handed a rendered message
 * and its own settings, speaks one remote API, and answers in our words. It has
 * no database, reads no environment and decides nothing about consent, retries
 * or contacts; messages/ does that. Because of this a single contract test,
 * test/provider.contract.test.ts, can exercise every provider we have.
 *
 * To add one: write channels/<channel>/<provider>.ts and add a line to
 * channels/registry.ts. Nothing else.
 */
import type { z } from 'zod'
import type { Http, RawRequest } from '../lib/http.ts'
import type { ChannelId, Contents } from './channel.ts'

export interface Provider<C extends ChannelId = ChannelId, S = unknown, K = unknown> {
  /** Stored in `senders.provider` and part of callback URLs. Never rename. */
  readonly id: string
  readonly channel: C
  readonly name: string

  /** What a member fills in: the form, its validation, and what to encrypt (`secret()`). */
  readonly settings: z.ZodType<S>

  /** What the remote API allows; messages/ stays under it. Absent `perSecond` means unlimited. */
  readonly limits: {
    readonly perSecond?: number
    /** Sends that one process may have under way at once. */
    readonly concurrency: number
    /** Sends that keep a sender with these settings busy, where that is fewer. */
    concurrencyOf?(settings: S): number
    /** Seconds between two messages to one recipient. */
    readonly perRecipientSeconds?: number
    /** Hours after a message of the recipient's in which free text may be sent; the content says whether it is so. */
    readonly replyHours?: number
  }

  /** The operator's variable that puts another address in the place of the vendor's, for all. */
  readonly baseUrl?: BaseUrl<S>

  /** What a lost answer means here; the contract test holds the provider to it. */
  readonly delivery: Delivery

  /** Long-lived resources of one sender, such as a connection pool. Made on first use. */
  open?(settings: S, network?: Network): K
  /** Ends what `open` made; sends under way finish or fail as Retryable or Unanswered first. */
  close?(connection: K): Promise<void>

  /** Prove the settings work with one cheap call. Throws Misconfigured or Retryable. */
  check(ctx: ProviderContext<S, K>): Promise<void>

  /**
   * Hand over one message. Returning means accepted, not delivered. May be
   * called twice with the same `message.id`; pass it on as an idempotency key
   * where the API has one. Throws Retryable, Unanswered, Rejected or Misconfigured.
   */
  send(message: Outbound<C>, ctx: ProviderContext<S, K>): Promise<Accepted>

  /** Changes a message already sent, where the API can (Discord). Throws as `send` does. */
  update?(
    providerMessageId: string,
    message: Outbound<C>,
    ctx: ProviderContext<S, K>,
  ): Promise<void>

  /** The domain whose DNS records say that these settings may send; absent where there is none. */
  sendingDomain?(settings: S): SendingDomain

  /** Reads what the provider tells us afterwards. Absent when it tells us nothing. */
  readonly callbacks?: Callbacks<S>
}

export interface BaseUrl<S> {
  readonly variable: string
  /** True when `base_url` names no other address than the vendor's and all that is called is below it. */
  isOpen(settings: S): boolean
}

/** Of whom the DNS records of a sender speak. */
export interface SendingDomain {
  readonly domain: string
  /** Where reports about it may go. */
  readonly mailbox: string
  /** The server that sends its mail. */
  readonly host: string
  /** Of the key that the mail is signed with, where somebody said it. */
  readonly selector: string | undefined
}

/** What a sender's own sockets may reach; `http` keeps to it by itself. */
export interface Network {
  /** True for what a member typed: the public internet only. */
  readonly guarded?: boolean
}

export interface Delivery {
  /** `none`, or for how long the remote side answers a repeated message id with its first answer. */
  readonly idempotency: 'none' | { readonly ttlSeconds: number }
  /** How a later receipt finds its message. */
  readonly correlate: 'provider_message_id' | 'callback_url' | 'rfc_message_id' | 'none'
  /** Failures after which the message may have been accepted, in words. */
  readonly ambiguousOn: readonly string[]
}

export interface ProviderContext<S, K = unknown> extends Network {
  readonly settings: S
  readonly http: Http
  /** What `open` made for this sender; undefined for providers without `open`. */
  readonly connection: K
  /** Where the provider should send its callbacks about this sender. */
  readonly callbackUrl: string
}

export interface Outbound<C extends ChannelId> {
  /** Our message id (uuid v7). Stable over attempts. */
  readonly id: string
  /** Empty for channels without addresses. */
  readonly to: string
  readonly content: Contents[C]
}

export interface Accepted {
  /** The provider's id for the message, by which its callbacks refer to it; null when it has none. */
  readonly providerMessageId: string | null
  /** What the vendor answered, in at most 1 KB, for the timeline. */
  readonly reply: string
  /** Receipts known already at acceptance; the sandbox simulates its recipients with them. */
  readonly receipts?: readonly Receipt[]
}

export interface Callbacks<S> {
  /** True only if the provider really sent this. Constant-time comparison. */
  verify(request: RawRequest, settings: S): boolean
  /** One callback may carry many receipts. Kinds we have no word for are dropped. */
  parse(request: RawRequest, settings: S): Receipt[]
  /** Messages that people wrote to this sender, which come the same way. */
  inbound?(request: RawRequest, settings: S): Inbound[]
  /** For vendors that call one address for all senders of an account. */
  readonly shared?: SharedCallbacks<S>
}

export interface SharedCallbacks<S> {
  /** Where it calls us: /webhook/<path>. Never rename, for it is entered over there. */
  readonly path: string
  /** The status for a signature or token that does not fit. */
  readonly forgedStatus: 401 | 403
  /** Whether anything in the request is about this sender. */
  isFor(request: RawRequest, settings: S): boolean
  /** False: there is nothing to check a signature with, so `verify` lets all pass. */
  isSigned(settings: S): boolean
  /** A handshake (GET): the text to answer, or null when its token does not fit. */
  answer(request: RawRequest, settings: S): string | null
}

/** A message to us. */
export interface Inbound {
  /** The vendor's id of it; the same again counts once. */
  readonly id: string
  readonly at: Date
  /** E.164; null where the vendor does not tell. */
  readonly phone: string | null
  /** The vendor's id of who wrote; null where there is none. */
  readonly userId: string | null
  readonly name: string | null
  /** What was written, chosen or captioned; '' for a file without words. */
  readonly text: string
  /**
   * `human`: somebody wrote to us. `by_hand`: somebody of ours wrote to them beside us, and `phone` and
   * `userId` are theirs. The others are no answer.
   */
  readonly kind: 'human' | 'reaction' | 'system' | 'by_hand'
  /** The vendor's type, such as image. */
  readonly type: string
  /** The vendor's id of the message that it answers. */
  readonly answers: string | null
  /** They have this number now, E.164, in place of `phone`. Only where the vendor proved who it is. */
  readonly movedTo?: string
}

/** Something a provider tells us about a message after accepting it. */
export interface Receipt {
  /** Ours when the provider returns it; else the provider's own id. */
  readonly messageId?: string
  readonly providerMessageId?: string
  readonly kind: ReceiptKind
  readonly at: Date
  /** Under which ids the vendor knows whom it reached: E.164 or an id of its own. */
  readonly reached?: readonly string[]
  /** The provider's own code and words, kept for people to read. */
  readonly detail?: string
  /** With `failed`: only because the recipient had not written lately. With a template it may go yet. */
  readonly windowClosed?: boolean
  /** With `failed`: seconds for which the vendor takes no unasked message for this recipient. */
  readonly restSeconds?: number
}

const receiptKinds = [
  'sent', // it was accepted; tells only of a message whose answer was lost
  'delivered', // accepted by the next hop: the handset, the mailbox's server
  'deferred', // a delivery attempt failed; the provider will try again
  'bounced', // permanent failure (SMTP 5.x.x, RFC 3463); suppresses the address
  'failed', // the provider gave up for a reason that is not the address
  'opened',
  'clicked',
  'complained', // marked as spam (RFC 5965 feedback loop); suppresses the address
  'unsubscribed', // List-Unsubscribe (RFC 8058), or STOP on sms
  'replied',
] as const
export type ReceiptKind = (typeof receiptKinds)[number]

/** Lets TypeScript infer the settings from the schema. */
export function defineProvider<C extends ChannelId, S, K = undefined>(
  provider: Provider<C, S, K>,
): Provider<C, S, K> {
  return provider
}
