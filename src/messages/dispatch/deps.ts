/** What dispatching needs from outside itself; build.ts puts it together. */
import type { Logger } from 'pino'
import type { Sender, SenderDirectory } from '../../channels/directory.ts'
import type { Receipt } from '../../channels/provider.ts'
import type { Db } from '../../db/db.ts'
import type { WorkspaceDirectory } from '../../workspaces/directory.ts'
import type { RenderDeps } from '../render.ts'
import type { Due } from '../store/due.ts'
import type { Held } from './attempts.ts'
import type { Settler } from './settler.ts'

export interface Move {
  readonly sender: Sender
  readonly dueAt: Date
  readonly reason: string
  readonly detail: string
  readonly event: string
  readonly properties: Readonly<Record<string, unknown>>
}

export interface DispatchDeps {
  readonly db: Db
  readonly log: Logger
  readonly workspaces: WorkspaceDirectory
  readonly senders: SenderDirectory
  readonly render: RenderDeps
  readonly settler: Settler
  readonly stopping: AbortSignal
  /** A worker has room for more rows. */
  onRoom(): void
  onSent(sender: Sender, durationMs: number): void
  /** Receipts that came with the acceptance. */
  onReceipts(row: Due, receipts: readonly Receipt[]): Promise<void>
  /** The address does not exist, or its owner has unsubscribed at the vendor. */
  onRefused(
    row: Due,
    why: { suppress: boolean; unsubscribe: boolean; detail: string },
  ): Promise<void>
  /** Whether the message's topic prefers a duplicate to silence. */
  resendsUnknown(row: { workspaceId: string; topic: string | null }): Promise<boolean>
  /** Another sender of the channel that can work now. */
  alternative(sender: Sender): Promise<Sender | undefined>
  /** Hands a row to another sender of its channel, with its event, in one transaction. False when it was no longer ours. */
  move(item: Held, move: Move): Promise<boolean>
  /** Hands a row to the next channel that reaches its contact. False when there is none. */
  reroute(
    item: Held,
    why: { reason: string; detail: string },
    properties: Readonly<Record<string, unknown>>,
  ): Promise<boolean>
  pauseSender(sender: Sender, reason: string): Promise<void>
  /** The vendor asked for a pause of so many seconds. */
  holdSender(sender: Sender, seconds: number): Promise<void>
  setBreaker(sender: Sender, openUntil: Date | null): Promise<void>
  /** The vendor found us too fast for this message's recipient. */
  slowDown(row: Due, sender: Sender): Promise<void>
  /** One went through again. */
  endSlowness(row: Due, sender: Sender): Promise<void>
  /** For so many seconds the vendor takes nothing for this recipient that they have not asked for. */
  restRecipient(row: Due, sender: Sender, seconds: number): Promise<void>
}
