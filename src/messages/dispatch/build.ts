/** Puts dispatching together: what the workers ask for, answered by the rooms above. */
import type { Logger } from 'pino'
import { addressKind } from '../../channels/address.ts'
import type { Sender } from '../../channels/directory.ts'
import type { Receipt } from '../../channels/provider.ts'
import { setBreaker } from '../../channels/store.ts'
import { recordConsent } from '../../consent/record.ts'
import { suppress } from '../../consent/suppress.ts'
import type { Db } from '../../db/db.ts'
import type { Presence } from '../../db/presence.ts'
import type { Directories } from '../facts.ts'
import { canWork, nextWay } from '../nextWay.ts'
import { pauseSender } from '../pauseSender.ts'
import type { RenderDeps } from '../render.ts'
import type { Onward } from '../schema.ts'
import { endSlowness, rest, slowDown } from '../store/conversations.ts'
import type { Due } from '../store/due.ts'
import { moveMessage } from '../store/move.ts'
import type { Held } from './attempts.ts'
import type { DispatchDeps, Move } from './deps.ts'
import { createEngine, type Engine } from './engine.ts'
import { createSettler } from './settler.ts'

export interface DispatchOptions {
  readonly db: Db
  readonly log: Logger
  readonly presence: Presence
  readonly directories: Directories
  readonly render: RenderDeps
  onSent(sender: Sender, durationMs: number): void
  onReceipts(row: Due, receipts: readonly Receipt[]): Promise<void>
  onSettled(ids: readonly string[]): void
}

export function buildDispatch(options: DispatchOptions): Engine {
  const { db, directories, log } = options
  const stopping = new AbortController()
  const now = () => db.clock.now()
  const poke = () => engine.poke()

  const move = async (
    item: Held,
    to: Move,
    way: {
      channel: string
      address: string | null
      routing: readonly Onward[] | null
      reset: boolean
    },
  ) => {
    const { row, lease } = item
    const { sender, ...rest } = to
    if (lease === null) return false // nothing was begun, so nothing can be handed over
    const moved = await db.engine.begin((tx) =>
      moveMessage(
        tx,
        {
          ...rest,
          workspaceId: row.workspaceId,
          id: row.id,
          lease,
          channel: way.channel,
          address: way.address,
          senderId: sender.id,
          priority: row.priority,
          contactId: row.contactId,
          routing: way.routing,
          resetAttempts: way.reset,
        },
        now(),
      ),
    )
    poke()
    return moved
  }

  const deps: DispatchDeps = {
    db,
    log,
    workspaces: directories.workspaces,
    senders: directories.senders,
    render: options.render,
    settler: createSettler({ db, log, stopped: stopping.signal, onSettled: options.onSettled }),
    stopping: stopping.signal,
    onRoom: poke,
    onSent: options.onSent,
    onReceipts: options.onReceipts,
    resendsUnknown: async ({ workspaceId, topic }) =>
      topic !== null && (await directories.topics.get(workspaceId, topic)).onUnknown === 'resend',
    async alternative(sender) {
      const others = await directories.senders.forChannel(sender.workspaceId, sender.channel)
      return others.find((other) => other.id !== sender.id && canWork(other, now()))
    },
    move: (item, to) =>
      move(
        item,
        { ...to, properties: { ...to.properties, next_sender_id: to.sender.id } },
        {
          channel: item.row.channel,
          address: item.row.address,
          routing: item.row.routing,
          reset: false,
        },
      ),
    reroute: (item, why, properties) => reroute(item, why, properties),
    async onRefused(row, why) {
      const kind = addressKind(row.channel)
      const { contactId, address } = row
      await db.engine.begin(async (tx) => {
        if (why.suppress && kind && address) {
          await suppress(
            tx,
            row.workspaceId,
            { kind, address, reason: 'bounce', source: 'provider', detail: why.detail },
            now(),
          )
        }
        if (why.unsubscribe && contactId) {
          await recordConsent(
            tx,
            row.workspaceId,
            {
              contactId,
              topic: '*',
              channel: row.channel,
              granted: false,
              source: 'provider',
              proof: { detail: why.detail },
              messageId: row.id,
            },
            now(),
          )
        }
      })
    },
    pauseSender: (sender, reason) =>
      pauseSender(sender, reason, { db, log, directories, publicUrl: options.render.publicUrl }),
    async slowDown(row, sender) {
      const pair = pairOf(row, sender)
      if (pair) await slowDown(db.engine, pair, now())
    },
    async endSlowness(row, sender) {
      const pair = pairOf(row, sender)
      if (pair) await endSlowness(db.engine, pair)
    },
    async restRecipient(row, sender, seconds) {
      const pair = pairOf(row, sender)
      if (pair) await rest(db.engine, pair, new Date(now().getTime() + seconds * 1000))
    },
    async holdSender(sender, seconds) {
      await setBreaker(
        db.engine,
        sender.workspaceId,
        sender.id,
        new Date(now().getTime() + seconds * 1000),
        null,
      )
      directories.senders.forget(sender.workspaceId)
    },
    async setBreaker(sender, openUntil) {
      const reason =
        openUntil &&
        `Most of its last calls failed; the next one is tried at ${openUntil.toISOString()}.`
      await setBreaker(db.engine, sender.workspaceId, sender.id, openUntil, reason)
      directories.senders.forget(sender.workspaceId)
      log.warn(
        { workspace_id: sender.workspaceId, sender_id: sender.id, open_until: openUntil },
        openUntil ? 'circuit opened' : 'circuit closed',
      )
    },
  }

  const reroute: DispatchDeps['reroute'] = async (item, why, properties) => {
    const { row } = item
    const way = await nextWay(db.engine, row, directories.senders, now())
    if (!way) return false
    return move(
      item,
      {
        sender: way.sender,
        dueAt: now(),
        reason: why.reason,
        detail: why.detail,
        event: 'message.rerouted',
        properties: { ...properties, ...why, next_channel: way.channel },
      },
      { ...way, reset: true },
    )
  }

  const engine = createEngine(deps, options.presence)
  return {
    ...engine,
    get stats() {
      return engine.stats
    },
    async stop() {
      await engine.stop()
      stopping.abort()
    },
  }
}

/** Undefined for senders whose vendor does not look at pairs. */
function pairOf({ workspaceId, address }: Due, { id: senderId, provider }: Sender) {
  return address && provider.limits.perRecipientSeconds !== undefined
    ? { workspaceId, senderId, address }
    : undefined
}
