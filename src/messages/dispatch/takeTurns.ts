/**
 * Vendors that take one message in so many seconds for one recipient, and free text only for some
 * hours after the recipient wrote: who may go now, and how. The others are put off, which costs
 * them no attempt. A turn and the intent of whoever has it are one transaction: another process
 * that has read the same rows waits for it, and finds them taken.
 */
import type { Sender } from '../../channels/directory.ts'
import type { Db, Sql } from '../../db/db.ts'
import { EXPIRY_GIVEN } from '../flags.ts'
import { touchLanes } from '../store/accept.ts'
import { type Conversation, lockConversations, saveNextSends } from '../store/conversations.ts'
import type { Due } from '../store/due.ts'
import type { Intent } from '../store/intend.ts'
import { lockDue, type PutOff, putOff } from '../store/putOff.ts'

const HOUR_MS = 3_600_000
const MARGIN_MS = 60_000 // of the reply window, for what is on its way; a template is never wrong

export interface Turns {
  /** Of those that were granted a turn. */
  readonly intents: readonly Intent[]
  /** Ids of messages whose recipient may be sent free text. */
  readonly open: ReadonlySet<string>
}

/** Writes the intents of messages that may go, in the transaction that it is given. */
export type WriteIntents = (tx: Sql, granted: ReadonlySet<string>) => Promise<readonly Intent[]>

/** Undefined for senders whose vendor has no such limits: then nothing has been written. */
export function takeTurns(
  db: Db,
  sender: Sender,
  rows: readonly Due[],
  write: WriteIntents,
): Promise<Turns> | undefined {
  const { perRecipientSeconds, replyHours } = sender.provider.limits
  if (perRecipientSeconds === undefined && replyHours === undefined) return undefined
  if (rows.length === 0) return undefined
  const now = db.clock.now()
  const limits = { seconds: perRecipientSeconds ?? 0, hours: replyHours ?? 0, now }
  return db.engine.begin((tx) => decide(tx, rows, limits, write))
}

interface Limits {
  readonly seconds: number
  readonly hours: number
  readonly now: Date
}

type Turn = Conversation & { readonly nextSendAt: Date; readonly messageId: string }

async function decide(
  tx: Sql,
  rows: readonly Due[],
  limits: Limits,
  write: WriteIntents,
): Promise<Turns> {
  const addressed = rows.flatMap((row) => (row.address ? [{ ...row, address: row.address }] : []))
  const granted = new Set(rows.filter((row) => !row.address).map((row) => row.id))
  const open = new Set<string>()
  const conversations = await lockConversations(tx, addressed)
  const due = await lockDue(tx, addressed, limits.now) // others have begun, put off or ended some
  const byPair = Map.groupBy(
    addressed.filter(({ id }) => due.has(id)),
    keyOf,
  )
  const turns: Turn[] = []
  const later: (PutOff & Pick<Due, 'senderId' | 'priority'>)[] = []
  for (const conversation of conversations) {
    const own = byPair.get(keyOf(conversation)) ?? []
    const plan = planOf(conversation, own, limits)
    for (const { id } of plan.granted) granted.add(id)
    if (plan.open) for (const { id } of plan.granted) open.add(id)
    if (plan.turn) turns.push({ ...conversation, ...plan.turn })
    later.push(...plan.later)
  }
  const intents = granted.size > 0 ? await write(tx, granted) : []
  const gone = new Set(intents.flatMap((intent) => (intent.gone ? intent.id : [])))
  const used = turns.filter(({ messageId }) => gone.has(messageId))
  await saveNextSends(tx, used)
  await putOff(tx, later)
  if (later.length > 0) await touchLanes(tx, later)
  return { intents, open }
}

const keyOf = (pair: { senderId: string; address: string }) => `${pair.senderId} ${pair.address}`

/** Of several messages for one recipient the first has the turn, the others the ones after it. */
function planOf(
  { inboundAt, nextSendAt, restsUntil }: Conversation,
  rows: readonly Due[],
  { seconds, hours, now }: Limits,
) {
  const open = inboundAt !== null && +inboundAt + hours * HOUR_MS - MARGIN_MS > +now
  const rests = !open && restsUntil !== null && restsUntil > now
  const from = Math.max(+(nextSendAt ?? 0), rests ? +restsUntil : 0)
  const free = from <= +now
  const first = free ? +now + seconds * 1_000 : from
  const [head] = rows
  const waiting = free && seconds > 0 ? rows.slice(1) : free ? [] : rows
  const why = rests
    ? { reason: 'recipient_rests', detail: 'The vendor takes no more for this recipient today.' }
    : { reason: 'recipient_pace', detail: 'One message at a time for this recipient.' }
  return {
    open,
    granted: free ? (seconds > 0 && head ? [head] : rows) : [],
    turn: free && seconds > 0 && head ? { nextSendAt: new Date(first), messageId: head.id } : null,
    later: waiting.map(({ workspaceId, id, attempt, senderId, priority, flags, expiresAt }, at) => {
      const dueAt = new Date(first + at * seconds * 1_000)
      const waits = { workspaceId, id, attempt, senderId, priority, dueAt, ...why }
      // Waiting for the recipient takes none of the time that a message has, as with a send window.
      const given = (flags & EXPIRY_GIVEN) !== 0
      return given ? waits : { ...waits, expiresAt: new Date(+expiresAt + +dueAt - +now) }
    }),
  }
}
