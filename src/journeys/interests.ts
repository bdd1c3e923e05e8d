/** Which events the journeys of a workspace must hear of, and which of them go by the clock. */
import type { TransactionSql } from 'postgres'
import { setInterests } from '../events/subscribers.ts'
import { FAILURES, interventionsOf, onMessageFailure } from './defaults.ts'
import type { Intervention, JourneyDocument } from './schema.ts'
import { refreshSchedules } from './store/schedules.ts'
import { listHeard, lockInterests } from './store.ts'

/** The subscriber's name in event_interests. */
export const SUBSCRIBER = 'journeys'

const signalsOf = {
  reply: ['message.replied', 'message.received'],
  crm_change: ['item.status_changed'],
  by_hand: ['message.by_hand'],
} as const satisfies Record<Intervention['on'], readonly string[]>

function interestsOf(journey: JourneyDocument): string[] {
  const signals = interventionsOf(journey).flatMap(({ on }) => signalsOf[on])
  const waits = journey.steps.flatMap((step) => (step.type === 'wait_for' ? [step.event] : []))
  const names = [
    ...(journey.trigger.events ?? []),
    ...(journey.exit_on ?? []).map(({ event }) => event),
    ...(journey.goal ? [journey.goal.event] : []),
    ...(onMessageFailure(journey) === 'fail' ? FAILURES : []),
    ...signals,
    ...waits,
  ]
  return [...new Set(names)]
}

/**
 * Call it in the transaction that changed a journey. Those that change journeys of one workspace
 * at once wait for each other here, so that each sees what the other did.
 */
export async function refreshInterests(tx: TransactionSql, workspaceId: string): Promise<void> {
  await lockInterests(tx, workspaceId)
  const documents = await listHeard(tx, workspaceId)
  const names = new Set(documents.flatMap(({ definition }) => interestsOf(definition)))
  await setInterests(tx, workspaceId, SUBSCRIBER, [...names].sort())
  await refreshSchedules(tx, workspaceId)
}
