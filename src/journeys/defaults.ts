/** What holds where a journey's document says nothing, and where its steps lead. Pure. */
import type { z } from 'zod'
import type { Intervention, JourneyDocument, ReEntry } from './schema.ts'
import type { StepDocument } from './steps.schema.ts'

export const hasContact = ({ trigger }: JourneyDocument) =>
  trigger.contact !== 'none' && trigger.schedule === undefined

export const reEntryOf = ({ re_entry }: JourneyDocument): z.infer<typeof ReEntry> =>
  re_entry ?? { policy: 'when_not_active' }

const DEFAULT_INTERVENTIONS: readonly Intervention[] = [
  { on: 'reply', do: 'exit' },
  { on: 'by_hand', do: 'exit' },
]

export const interventionsOf = (journey: JourneyDocument): readonly Intervention[] =>
  journey.intervention ?? (hasContact(journey) ? DEFAULT_INTERVENTIONS : [])

export const onMessageFailure = (journey: JourneyDocument): 'fail' | 'ignore' =>
  journey.on_message_failure ?? (hasContact(journey) ? 'fail' : 'ignore')

/** The step that follows when nothing else is said; null: the end. */
export function nextOf(journey: JourneyDocument, step: StepDocument): string | null {
  if ('next' in step && step.next !== undefined) return step.next
  if (step.type === 'exit') return null
  return journey.steps[journey.steps.indexOf(step) + 1]?.id ?? null
}

/** Events by which a message that a run sent was not sent after all, or did not arrive. */
export const FAILURES: ReadonlySet<string> = new Set([
  'message.failed',
  'message.bounced',
  'message.skipped',
  'message.expired',
])

/** Every place to which a run may go from a step. */
export function exitsOf(journey: JourneyDocument, step: StepDocument): (string | null)[] {
  const otherwise = nextOf(journey, step)
  if (step.type === 'branch')
    return [...step.cases.map((each) => each.goto), step.else === undefined ? otherwise : step.else]
  if (step.type === 'split') return [...step.goto]
  if (step.type === 'wait_for') {
    const { on_event = otherwise, on_timeout = otherwise } = step
    return [on_event, on_timeout]
  }
  return step.type === 'exit' ? [] : [otherwise]
}
