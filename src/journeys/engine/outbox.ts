/**
 * Messages of runs. They are written in the transaction that takes their runs on, so there is no
 * moment at which a run has gone on and its message is not there, nor the other way round.
 */
import type { TransactionSql } from 'postgres'
import { addressKind } from '../../channels/address.ts'
import type { ChannelId } from '../../channels/channel.ts'
import { acceptIn } from '../../messages/acceptIn.ts'
import { editMessage } from '../../messages/edit.ts'
import { type Directories, readFacts } from '../../messages/facts.ts'
import { type Prepared, prepare } from '../../messages/prepare.ts'
import { NewMessage } from '../../messages/schema.ts'
import type { AnyStep, StepMessage, StepUpdate } from '../steps/step.ts'
import type { Person } from '../store/people.ts'
import type { RunRow } from '../store/runs.ts'
import {
  findByUpdateKey,
  freeUpdateKey,
  insertSends,
  lockUpdateKey,
  type SendRow,
  saveUpdateOrder,
} from '../store/sends.ts'
import type { Sent } from './walk.ts'

const MINUTE_MS = 60_000
const NO_UPDATE = { updateKey: null, updateOrder: null }
/** For how long a change looks for its message: the run that sends it may be in another process's hands. */
const LOOK_MS = 10 * MINUTE_MS
const FIRST_LOOK_MS = 1_000 // and twice as late each time
const MAX_KEY = 500 // characters; longer ones would not fit into an index

export interface Outbox {
  send(run: RunRow, step: AnyStep, message: StepMessage, person: Person | undefined): Promise<Sent>
  /** Writes what was gathered. Whoever commits pokes the senders after. */
  write(): Promise<void>
  /** Something was sent. */
  readonly sent: boolean
  /** Something was changed. */
  readonly edited: boolean
}

export function createOutbox(
  tx: TransactionSql,
  { directories, now }: { directories: Directories; now: Date },
): Outbox {
  const messages: Prepared[] = []
  const sends: SendRow[] = []
  const state = { sent: false, edited: false }

  const write = async () => {
    await acceptIn(tx, messages.splice(0), now)
    await insertSends(tx, sends.splice(0))
  }

  const accept = async (
    run: RunRow,
    step: AnyStep,
    message: StepMessage,
    {
      person,
      update,
    }: { person: Person | undefined; update: Pick<SendRow, 'updateKey' | 'updateOrder'> },
  ): Promise<Sent> => {
    const channel = message.item['channel'] as ChannelId // the schema of steps knows channels only
    const kind = message.toDestination ? null : addressKind(channel)
    const whom = person && channel === 'whatsapp' ? numbered(person) : person
    const address = kind === null ? null : (whom?.[kind] ?? null)
    if (kind !== null && address === null) return { refused: 'no_address' }
    const item = NewMessage.parse({
      ...message.item,
      ...(message.window ? { send_window: message.window } : {}),
    })
    const contact = message.toDestination ? undefined : whom
    const options = { pointer: `/${step.id}`, now, contact }
    const facts = await readFacts(directories, run.workspaceId, [item])
    const [prepared] = prepare(facts, item, options)
    if (!prepared) return { refused: 'not_prepared' }
    messages.push(prepared)
    const { workspaceId, journeyId } = run
    const send = { workspaceId, messageId: prepared.id, journeyId, runId: run.id, step: step.id }
    sends.push({ ...send, ...update, at: now })
    state.sent = true
    return { messageId: prepared.id }
  }

  const change = async (
    run: RunRow,
    message: StepMessage,
    { key, withinMinutes, order }: StepUpdate,
  ): Promise<{ readonly messageId: string } | 'gone' | undefined> => {
    await write() // another run of this batch may just have sent the one that is meant
    await lockUpdateKey(tx, run.journeyId, key)
    const since = new Date(+now - withinMinutes * MINUTE_MS)
    const sent = await findByUpdateKey(tx, run, key, since)
    if (sent === undefined) return undefined
    const { messageId, updateOrder } = sent
    if (order !== null && updateOrder !== null && order < updateOrder) return { messageId }
    const edited = await editMessage(tx, run.workspaceId, messageId, contentOf(message), now)
    if (edited === 'gone') return edited
    if (order !== null) await saveUpdateOrder(tx, run.workspaceId, messageId, order)
    state.edited = true
    return { messageId }
  }

  return {
    async send(run, step, message, person) {
      const update = message.update && {
        ...message.update,
        key: message.update.key.slice(0, MAX_KEY),
      }
      if (!update || update.key === '')
        return update?.only
          ? { messageId: null }
          : accept(run, step, message, { person, update: NO_UPDATE })
      const changed = await change(run, message, update)
      if (typeof changed === 'object') return changed
      if (update.only) return changed === 'gone' ? { messageId: null } : notThere(run, update, now)
      await freeUpdateKey(tx, run, update.key)
      const { key: updateKey, order: updateOrder } = update
      return accept(run, step, message, { person, update: { updateKey, updateOrder } })
    },
    write,
    get sent() {
      return state.sent
    },
    get edited() {
      return state.edited
    },
  }
}

/** What has an order may have overtaken the message that it is to change. */
function notThere(
  { enteredStepAt }: RunRow,
  { order, withinMinutes }: StepUpdate,
  now: Date,
): Sent {
  const waited = enteredStepAt === null ? 0 : +now - +enteredStepAt
  if (order === null || waited >= Math.min(LOOK_MS, withinMinutes * MINUTE_MS))
    return { messageId: null }
  return { again: new Date(+now + Math.max(FIRST_LOOK_MS, waited)) }
}

/** Who has a user name only is written to by WhatsApp's own id of them. */
const numbered = (person: Person): Person => ({
  ...person,
  phone: person.phone ?? person.whatsappId,
})

const textOf = (value: unknown) => (typeof value === 'string' ? value : null)

function contentOf({ item }: StepMessage) {
  const content = {
    subject: textOf(item['subject']),
    text: textOf(item['message']),
    html: textOf(item['html']),
  }
  // Rendered from a journey's document, which is JSON.
  return {
    content,
    metadata: (item['metadata'] ?? null) as Parameters<typeof editMessage>[3]['metadata'],
  }
}
