/** Where somebody's message came in: one of our senders on a chat channel. */
export const MAX_TEXT = 4_000 // characters that are kept

export interface Mailbox {
  readonly workspaceId: string
  readonly senderId: string
  readonly channel: string
  /** The provider's id. */
  readonly source: string
}
