/**
 * Brings sent messages up to date at the vendor: an alert that is counted up in place.
 *
 * A row of `message_edits` says that a message's newest content is not there yet. An edit replaces
 * the whole content, so doing it twice is harmless, and a lost answer is simply asked again.
 *
 *   waiting, sending, unknown -> looked at again, until the message has gone
 *   sent, delivered           -> `provider.update`; done, or tried again like a message, or given up
 *   anything else             -> there is nothing to change
 */
import type { Logger } from 'pino'
import type { Sender } from '../channels/directory.ts'
import type { Db } from '../db/db.ts'
import { Misconfigured, Rejected, Retryable } from '../errors.ts'
import { recordEvents } from '../events/record.ts'
import { createLoop } from '../lib/loop.ts'
import { truncate } from '../lib/reply.ts'
import { loadParts } from './dispatch/prepareBatch.ts'
import type { Directories } from './facts.ts'
import { pauseSender } from './pauseSender.ts'
import { type RenderDeps, render } from './render.ts'
import { retryDelay } from './retry.ts'
import { claimEdits, type DueEdit, endEdit, nextEdit, postponeEdit } from './store/edits.ts'
import { takeTokens } from './store/pacing.ts'
import { findMessage, type MessageRow } from './store/read.ts'

const AT_ONCE = 10
const LEASE_MS = 60_000 // longer than any call to a vendor takes
const POLL_MS = 1_000 // edits that other processes asked for are found within this
const LATER_MS = 1_000 // a message that is on its way is looked at again after this
const UNKNOWN_MS = 60_000 // and one whose answer was lost after this
const MAX_DETAIL = 1_000 // characters of a vendor's words

export interface Editor {
  start(): void
  stop(): Promise<void>
  /** There is a new edit. */
  poke(): void
  /** Does what is due now. For tests and tools; the loop does it by itself. */
  runOnce(): Promise<void>
}

export interface EditorDeps {
  readonly db: Db
  readonly log: Logger
  readonly directories: Directories
  readonly render: RenderDeps
}

export function createEditor(deps: EditorDeps): Editor {
  const { engine, clock } = deps.db
  const runOnce = async () => {
    for (;;) {
      const now = clock.now()
      const due = await claimEdits(engine, now, new Date(+now + LEASE_MS), AT_ONCE)
      await Promise.all(due.map((edit) => carryOut(edit, deps)))
      if (due.length < AT_ONCE) return
    }
  }
  const look = async () => {
    await runOnce()
    const next = await nextEdit(engine)
    return next ? Math.max(0, Math.min(POLL_MS, +next - +clock.now())) : POLL_MS
  }
  const loop = createLoop({ look, retryMs: POLL_MS, name: 'editing messages', log: deps.log })
  return { start: () => loop.start(), stop: () => loop.stop(), poke: () => loop.poke(), runOnce }
}

async function carryOut(edit: DueEdit, deps: EditorDeps): Promise<void> {
  const { engine, clock } = deps.db
  const message = await findMessage(engine, edit.workspaceId, edit.messageId)
  const later = message && waitMs(message, clock.now())
  if (later !== undefined) {
    await postponeEdit(engine, edit, new Date(+clock.now() + later), { free: true })
    return
  }
  if (message?.status !== 'sent' && message?.status !== 'delivered') {
    await endEdit(engine, edit, clock.now())
    return
  }
  const sender = await deps.directories.senders.find(edit.workspaceId, message.senderId)
  if (sender && !(await mayAsk(sender, deps))) {
    await postponeEdit(engine, edit, new Date(+clock.now() + LATER_MS), { free: true })
    return
  }
  try {
    await update(message, sender, deps)
    await conclude(edit, message, 'message.edited', {}, deps)
  } catch (error) {
    await afterFailure(edit, message, error, sender, deps)
  }
}

/** How long until it can be known whether there is anything to edit; undefined when it is now. */
function waitMs(message: MessageRow, now: Date): number | undefined {
  switch (message.status) {
    case 'sending':
      return LATER_MS
    case 'unknown':
      return message.expiresAt > now ? UNKNOWN_MS : undefined
    case 'scheduled':
    case 'queued':
    case 'held':
      return Math.max(LATER_MS, Math.min(+message.dueAt - +now, UNKNOWN_MS))
    default:
      return undefined
  }
}

/** Edits count against the same limits as messages do. */
async function mayAsk(sender: Sender, { db }: EditorDeps): Promise<boolean> {
  const now = db.clock.now()
  if (sender.status !== 'active') return false
  if (sender.breakerOpenUntil && sender.breakerOpenUntil > now) return false
  const { perSecond } = sender
  if (perSecond === null) return true
  return (await db.engine.begin((tx) => takeTokens(tx, sender, { perSecond, wanted: 1, now }))) > 0
}

async function update(message: MessageRow, sender: Sender | undefined, deps: EditorDeps) {
  if (!sender) throw new Rejected('content', 'Its sender is no longer there.')
  const { provider } = sender
  if (!provider.update || message.providerMessageId === null)
    throw new Rejected('content', `${provider.name} cannot change a message that was sent.`)
  const parts = await loadParts([message], sender, {
    ...deps,
    workspaces: deps.directories.workspaces,
  })
  const { outbound } = await render(message, parts.of(message), deps.render)
  const context = deps.directories.senders.context(sender)
  await provider.update(message.providerMessageId, outbound, context)
}

async function afterFailure(
  edit: DueEdit,
  message: MessageRow,
  error: unknown,
  sender: Sender | undefined,
  deps: EditorDeps,
): Promise<void> {
  const now = deps.db.clock.now()
  const detail = truncate(error instanceof Error ? error.message : String(error), MAX_DETAIL)
  const failed = { reason: 'edit_failed', detail: detail.toWellFormed() }
  if (error instanceof Misconfigured && sender)
    await pauseSender(sender, detail, { ...deps, publicUrl: deps.render.publicUrl })
  // An edit that may have arrived is repeated all the same: it says the same thing.
  const delay = isFinal(error)
    ? null
    : retryDelay(edit.attempt, error instanceof Retryable ? error.after : undefined)
  if (delay !== null) {
    await postponeEdit(deps.db.engine, edit, new Date(+now + delay), { free: false })
    return
  }
  deps.log.warn({ err: error, message_id: message.id }, 'a sent message could not be changed')
  await conclude(edit, message, 'message.edit_failed', failed, deps)
}

const isFinal = (error: unknown) => error instanceof Rejected || error instanceof Misconfigured

async function conclude(
  edit: DueEdit,
  message: MessageRow,
  name: string,
  properties: { readonly [key: string]: string },
  { db }: EditorDeps,
): Promise<void> {
  const now = db.clock.now()
  const { workspaceId, messageId } = edit
  await db.engine.begin(async (tx) => {
    await endEdit(tx, edit, now)
    await recordEvents(
      tx,
      [
        {
          ...{ workspaceId, messageId, name, at: now, source: 'messages' },
          contactId: message.contactId,
          properties: { ...properties, version: edit.version },
        },
      ],
      now,
    )
  })
}
