/** What an event does to a run that is on its way: goal, exit, intervention, the event it waited for. */
import type { TransactionSql } from 'postgres'
import type { QueuedEvent } from '../../events/subscribe.ts'
import { WRITTEN_ANEW } from '../../messages/replace.ts'
import { holds } from '../conditions.ts'
import { interventionsOf, nextOf, onMessageFailure } from '../defaults.ts'
import { type Facts, renderAmount, renderText } from '../facts.ts'
import type { Intervention, JourneyDocument } from '../schema.ts'
import { HUMAN_INTERVENTION, isOtherItem, meets } from '../signals.ts'
import { freeKeys } from '../store/keys.ts'
import { type RunRow, saveRuns } from '../store/runs.ts'
import { whyNotSent } from '../store/sends.ts'
import { eventFacts } from './context.ts'
import { endRuns, holdRun } from './end.ts'
import { followsHit } from './hits.ts'
import type { Ledger } from './ledger.ts'
import { isLive } from './state.ts'
import { leave, withResult } from './walk.ts'

const DAY_MS = 86_400_000
const MAX_DETAIL = 2_000 // characters

interface Book {
  readonly ledger: Ledger
  readonly now: Date
}

export function listensTo(document: JourneyDocument, event: QueuedEvent): boolean {
  const { exit_on = [], goal, steps } = document
  return (
    exit_on.some((rule) => rule.event === event.name) ||
    goal?.event === event.name ||
    steps.some((step) => step.type === 'wait_for' && step.event === event.name) ||
    interventionsOf(document).some((rule) => meets(rule, event))
  )
}

export interface Meeting {
  readonly run: RunRow
  readonly document: JourneyDocument
  /** The run's, with this event as `event`; what began the run is run.event. */
  readonly facts: Facts
  readonly event: QueuedEvent
}

/** The run's row is locked. The first rule that holds is the one. */
export async function applyRules(tx: TransactionSql, meeting: Meeting, book: Book): Promise<void> {
  const { run, document, facts, event } = meeting
  if (!isLive(run) || event.id === run.event['id']) return
  if (event.recordedAt < run.startedAt && !followsHit(run, event)) return
  const { goal, exit_on = [] } = document
  if (goal?.event === event.name && (!goal.where || holds(goal.where, facts))) {
    await endRuns(tx, [run], { status: 'done', reason: 'goal' }, book)
    return
  }
  const exit = exit_on.find(
    (rule) => rule.event === event.name && (!rule.where || holds(rule.where, facts)),
  )
  if (exit) {
    const reason = renderText(exit.reason ?? event.name, facts)
    await endRuns(tx, [run], { status: 'exited', reason }, book)
    return
  }
  // What happened before a restore ends and holds; what it would send may have been sent.
  if (!(await applyIntervention(tx, meeting, book)) && !event.restored)
    await wake(tx, meeting, book)
}

/** Also for runs about somebody else, who shares the number that the event came from. */
export async function applyIntervention(
  tx: TransactionSql,
  meeting: Meeting,
  book: Book,
): Promise<boolean> {
  const { run, document, event } = meeting
  if (!isLive(run) || event.recordedAt < run.startedAt) return false
  const intervention = interventionsOf(document).find((rule) => meets(rule, event))
  if (!intervention || isOtherItem({ properties: run.event }, event)) return false
  await intervene(tx, meeting, intervention, book)
  return true
}

async function intervene(
  tx: TransactionSql,
  { run, facts, event }: Meeting,
  rule: Intervention,
  book: Book,
): Promise<void> {
  const detail = `${event.name} (${event.source})`
  if (rule.do === 'exit') {
    await endRuns(tx, [run], { status: 'exited', reason: HUMAN_INTERVENTION, detail }, book)
    return
  }
  const days = rule.days === undefined ? null : renderAmount(rule.days, facts)
  const until = days === null ? null : new Date(+book.now + days * DAY_MS)
  await holdRun(tx, run, { until, reason: `${HUMAN_INTERVENTION}: ${detail}` }, book)
}

/** The event that it waits for has come: it goes on. What came before it waited does not count. */
async function wake(
  tx: TransactionSql,
  { run, document, facts, event }: Meeting,
  book: Book,
): Promise<void> {
  const step = document.steps.find((each) => each.id === run.step)
  // It may have come here by an event of this very transaction: then nothing has looked at it yet.
  if (run.status !== 'waiting' && run.status !== 'active') return
  if (step?.type !== 'wait_for' || step.event !== event.name) return
  if (run.enteredStepAt && event.recordedAt < run.enteredStepAt && !followsHit(run, event)) return
  if (step.where && !holds(step.where, facts)) return
  const { on_event = nextOf(document, step) } = step
  const heard = withResult(run, step.id, { matched: true, event: eventFacts(event) })
  const after = leave(heard, on_event, null, book)
  await saveRuns(tx, [after])
  if (!isLive(after)) await freeKeys(tx, [after])
}

/** A message of the run did not arrive. Also after its end a person is to look at it. */
export async function failSender(
  tx: TransactionSql,
  run: RunRow,
  document: JourneyDocument,
  event: QueuedEvent,
  book: Book,
): Promise<void> {
  if (onMessageFailure(document) === 'ignore') return
  const { reason, detail } = event.properties
  // Whom a gate kept from being written to (consent, suppression) is no fault to be looked at.
  if (event.name === 'message.skipped' && reason !== 'no_address') return
  const told = [event.name, reason, detail].filter((each) => typeof each === 'string').join(': ')
  const id = event.messageId
  const why = id === null ? undefined : await whyNotSent(tx, run.workspaceId, id)
  if (why?.reason === WRITTEN_ANEW) return // the run was taken up again since
  const words = why?.words || told
  const ending = { status: 'failed', reason: event.name, detail: words, attention: true } as const
  if (isLive(run)) {
    await endRuns(tx, [run], ending, book)
    return
  }
  const after = { ...run, attention: true, detail: words.slice(0, MAX_DETAIL) }
  await saveRuns(tx, [after])
  book.ledger.needsPerson(after)
}
