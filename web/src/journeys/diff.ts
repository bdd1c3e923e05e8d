/** What a draft changes of the version in use: which steps, and what of each. Pure. */
import { sameJson } from '../lib/sameJson.ts'
import { waysOf } from './edit.ts'
import type { Document, Step } from './words.ts'

export interface Difference {
  /** The place within the step or the rules. */
  readonly place: readonly string[]
  /** Undefined: it is not there. */
  readonly before: unknown
  readonly after: unknown
}
export interface StepChange {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly step: Step
  readonly differences: readonly Difference[]
}
export interface Changes {
  readonly steps: readonly StepChange[]
  readonly rules: readonly Difference[]
  /** Another step is the first that somebody comes to. */
  readonly begins: boolean
}

const ways: ReadonlySet<string> = new Set(['next', 'else', 'on_event', 'on_timeout'])

export function changesOf(before: Document, after: Document): Changes {
  const { steps: old, ...oldRules } = before
  const { steps: now, ...rules } = after
  const was = new Map(old.map((step) => [step.id, step]))
  const is = new Set(now.map(({ id }) => id))
  const gone = old.filter(({ id }) => !is.has(id))
  return {
    begins: old[0]?.id !== now[0]?.id,
    rules: differences(oldRules, rules),
    steps: [
      ...now.flatMap((step) => stepChange(was.get(step.id), step, before, after)),
      ...gone.map((step) => ({ kind: 'removed' as const, step, differences: [] })),
    ],
  }
}

function stepChange(
  was: Step | undefined,
  step: Step,
  before: Document,
  after: Document,
): StepChange[] {
  if (!was) return [{ kind: 'added', step, differences: [] }]
  const found = [
    ...differences(was, step).filter(({ place: [field = ''] }) => !ways.has(field)),
    ...wayChanges(was, step, before, after),
  ]
  return found.length > 0 ? [{ kind: 'changed', step, differences: found }] : []
}

/** Where it leads, whether that is written or goes without saying. */
function wayChanges(was: Step, step: Step, before: Document, after: Document): Difference[] {
  const leads = (document: Document, id: string) =>
    waysOf(document, id).filter(({ slot }) => ways.has(slot))
  const old = leads(before, was.id)
  return leads(after, step.id).flatMap(({ slot, to }) => {
    const from = old.find((way) => way.slot === slot)
    return from && from.to !== to ? [{ place: [slot], before: from.to, after: to }] : []
  })
}

/** Down to the fields of what both have. */
function differences(before: object, after: object, within: readonly string[] = []): Difference[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  const fields = new Set([...old.keys(), ...now.keys()])
  return [...fields].flatMap((field): Difference[] => {
    const [was, is]: [unknown, unknown] = [old.get(field), now.get(field)]
    const place = [...within, field]
    if (sameJson(was, is)) return []
    if (isObject(was) && isObject(is)) return differences(was, is, place)
    return [{ place, before: was, after: is }]
  })
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
