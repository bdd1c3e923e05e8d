/** The steps as a graph: do they lead somewhere, does every one have a way to it, does each circle wait? */
import type { FieldError } from '../../errors.ts'
import { exitsOf } from '../defaults.ts'
import type { JourneyDocument } from '../schema.ts'
import type { StepDocument } from '../steps.schema.ts'

export function checkGraph(journey: JourneyDocument): FieldError[] {
  const named = checkNames(journey)
  // What cannot be followed is not walked: its faults would come out as others.
  return named.length > 0 ? named : [...unreachable(journey), ...circles(journey)]
}

/** Each step has a name of its own, and whatever names a step names one that is there. */
export const checkNames = (journey: JourneyDocument): FieldError[] => [
  ...repeatedIds(journey),
  ...unknownTargets(journey),
]

const pointerOf = (journey: JourneyDocument, step: StepDocument) =>
  `/steps/${journey.steps.indexOf(step)}`

function repeatedIds({ steps }: JourneyDocument): FieldError[] {
  return steps.flatMap(({ id }, i) => {
    const first = steps.findIndex((other) => other.id === id)
    if (first === i) return []
    return [{ pointer: `/steps/${i}/id`, detail: `/steps/${first} is called ${id} already.` }]
  })
}

/** A field that names a step, and where it stands in its step. */
type Target = readonly [pointer: string, id: string | null | undefined]

function targetsOf(step: StepDocument): Target[] {
  const next: Target[] = 'next' in step ? [['/next', step.next]] : []
  if (step.type === 'branch') {
    const cases = step.cases.map(({ goto }, i): Target => [`/cases/${i}/goto`, goto])
    return [...cases, ['/else', step.else], ...next]
  }
  if (step.type === 'split')
    return [...step.goto.map((goto, i): Target => [`/goto/${i}`, goto]), ...next]
  if (step.type === 'wait_for')
    return [['/on_event', step.on_event], ['/on_timeout', step.on_timeout], ...next]
  return next
}

function unknownTargets(journey: JourneyDocument): FieldError[] {
  const ids = new Set(journey.steps.map(({ id }) => id))
  return journey.steps.flatMap((step) =>
    targetsOf(step).flatMap(([field, id]) =>
      typeof id !== 'string' || ids.has(id)
        ? []
        : [{ pointer: pointerOf(journey, step) + field, detail: `There is no step called ${id}.` }],
    ),
  )
}

function unreachable(journey: JourneyDocument): FieldError[] {
  const byId = new Map(journey.steps.map((step) => [step.id, step]))
  const reached = new Set<StepDocument>()
  const ahead = journey.steps.slice(0, 1)
  for (let step = ahead.pop(); step; step = ahead.pop()) {
    if (reached.has(step)) continue
    reached.add(step)
    for (const id of exitsOf(journey, step)) {
      const to = id === null ? undefined : byId.get(id)
      if (to) ahead.push(to)
    }
  }
  return journey.steps.flatMap((step) =>
    reached.has(step)
      ? []
      : [{ pointer: pointerOf(journey, step), detail: `No step leads to ${step.id}.` }],
  )
}

/** A circle in which nothing waits would turn as fast as it can, for ever. */
function circles(journey: JourneyDocument): FieldError[] {
  const byId = new Map(journey.steps.map((step) => [step.id, step]))
  const done = new Set<StepDocument>()
  const errors: FieldError[] = []
  for (const start of journey.steps) walk(start, [])
  return errors

  function walk(step: StepDocument, path: readonly StepDocument[]): void {
    if (done.has(step) || waits(step)) return
    const since = path.indexOf(step)
    if (since >= 0) {
      const names = [...path.slice(since), step].map(({ id }) => id).join(' → ')
      errors.push({
        pointer: pointerOf(journey, path.at(-1) ?? step),
        detail: `${names} goes round without a wait. Put a wait or a wait_for of more than 0 into it.`,
      })
      return
    }
    for (const id of new Set(exitsOf(journey, step))) {
      const to = id === null ? undefined : byId.get(id)
      if (to) walk(to, [...path, step])
    }
    done.add(step)
  }
}

/** Whether time passes in it: a window may be open, and 0 hours are none. */
function waits(step: StepDocument): boolean {
  if (step.type === 'wait') {
    const { minutes, hours, days, until } = step
    return until === undefined && !isZero(minutes ?? hours ?? days)
  }
  return step.type === 'wait_for' && !isZero(Object.values(step.for)[0])
}

const isZero = (amount: string | number | undefined) => Number(amount) === 0
