/**
 * Changes of a journey's document: each takes one and gives the next. Pure.
 *
 * A step that says nothing leads to the one below it. So that adding, removing and moving change only
 * what they mean to, every way is written out first and what goes without saying is left out again after.
 */
import type { Document, Step } from './words.ts'

/** Where a run goes on; null is the end. Undefined where the step says nothing. */
type Target = string | null
/** One of the ways out of a step, by its pointer: `next`, `else`, `cases/0/goto`. `from` null: the beginning. */
export interface Way {
  readonly from: string | null
  readonly slot: string
}

const several: ReadonlySet<Step['type']> = new Set(['branch', 'split', 'wait_for', 'exit'])

/** Gives every way out another target; `undefined` leaves it out. */
function withWays(step: Step, give: (to: Target | undefined, slot: string) => Target | undefined) {
  if (step.type === 'exit') return step
  const { next, ...rest } = step
  if (rest.type === 'branch') {
    const cases = (rest.cases ?? []).map((each, at) => ({
      ...each,
      goto: give(each.goto, `cases/${at}/goto`) ?? null,
    }))
    const otherwise = give(rest.else === undefined ? next : rest.else, 'else')
    const { else: _else, ...others } = rest
    return { ...others, cases, ...(otherwise === undefined ? {} : { else: otherwise }) }
  }
  if (rest.type === 'split')
    return { ...rest, goto: (rest.goto ?? []).map((to, at) => give(to, `goto/${at}`) ?? null) }
  if (rest.type === 'wait_for') {
    const { on_event, on_timeout, ...others } = rest
    const event = give(on_event === undefined ? next : on_event, 'on_event')
    const timeout = give(on_timeout === undefined ? next : on_timeout, 'on_timeout')
    return {
      ...others,
      ...(event === undefined ? {} : { on_event: event }),
      ...(timeout === undefined ? {} : { on_timeout: timeout }),
    }
  }
  const to = give(next, 'next')
  return { ...rest, ...(to === undefined ? {} : { next: to }) }
}

const belowOf = (steps: readonly Step[], at: number): Target => steps[at + 1]?.id ?? null

const writtenOut = (steps: readonly Step[]): Step[] =>
  steps.map((step, at) => withWays(step, (to) => (to === undefined ? belowOf(steps, at) : to)))

/** Ways to the step below are left out where a step may say nothing. */
const shortened = (steps: readonly Step[]): Step[] =>
  steps.map((step, at) =>
    withWays(step, (to, slot) =>
      slot.includes('goto') || to !== belowOf(steps, at) ? to : undefined,
    ),
  )

/** Every way out, written out. */
export function waysOf(document: Document, id: string): (Way & { readonly to: Target })[] {
  const ways: (Way & { to: Target })[] = []
  const step = writtenOut(document.steps).find((each) => each.id === id)
  if (step)
    withWays(step, (to, slot) => {
      ways.push({ from: id, slot, to: to ?? null })
      return to
    })
  return ways
}

/** Puts a step on a way: it leads where the way led. */
export function insert(document: Document, way: Way, added: Step): Document {
  const steps = writtenOut(document.steps)
  const at = steps.findIndex(({ id }) => id === way.from)
  const before = steps[at]
  let target: Target = steps[0]?.id ?? null
  if (before)
    steps[at] = withWays(before, (to, slot) => {
      if (slot !== way.slot) return to
      target = to ?? null
      return added.id
    })
  steps.splice(
    at + 1,
    0,
    withWays(added, () => target),
  )
  return { ...document, steps: shortened(steps) }
}

/** Takes a step out; what led to it leads where it led first. */
export function remove(document: Document, id: string): Document {
  const steps = writtenOut(document.steps)
  const at = steps.findIndex((step) => step.id === id)
  if (at < 0) return document
  const first = waysOf(document, id)[0]?.to ?? null
  const heir = first === id ? null : first
  const rest = steps
    .filter((step) => step.id !== id)
    .map((step) => withWays(step, (to) => (to === id ? heir : to)))
  const begins = at === 0 ? rest.findIndex((step) => step.id === heir) : -1
  if (begins > 0) rest.unshift(...rest.splice(begins, 1))
  return { ...document, steps: shortened(rest) }
}

/**
 * Changes places with the step above (-1) or below (1). Where one just follows the other, so does the way; else
 * the list changes and each way leads where it led, except that a run begins with the step that is first.
 */
export function move(document: Document, id: string, by: -1 | 1): Document {
  const at = document.steps.findIndex((step) => step.id === id)
  const top = Math.min(at, at + by)
  const [upper, lower] = [document.steps[top], document.steps[top + 1]]
  if (at < 0 || !upper || !lower) return document
  const steps = writtenOut(document.steps)
  const [leads, follows] = [waysOf(document, upper.id), waysOf(document, lower.id)]
  const isChain =
    !several.has(upper.type) &&
    !several.has(lower.type) &&
    leads[0]?.to === lower.id &&
    follows[0]?.to !== upper.id
  const swapped = (ways: Step[]) => {
    const [a, b] = [ways[top], ways[top + 1]]
    return a && b ? { ...document, steps: shortened(ways.with(top, b).with(top + 1, a)) } : document
  }
  if (!isChain) return swapped(steps)
  const after = follows[0]?.to ?? null
  const turned = steps.map((step) =>
    withWays(step, (to) => {
      if (step.id === upper.id) return after
      if (step.id === lower.id) return upper.id
      return to === upper.id ? lower.id : to
    }),
  )
  return swapped(turned)
}

/** Another content for a step. When its id changed, those that lead to it follow. */
export function replace(document: Document, id: string, changed: Step): Document {
  const steps = document.steps.map((step) => (step.id === id ? changed : step))
  if (changed.id === id) return { ...document, steps }
  return {
    ...document,
    steps: shortened(
      writtenOut(steps).map((step) => withWays(step, (to) => (to === id ? changed.id : to))),
    ),
  }
}

/** The same once more, right after it on its first way. An end has no way on, and is not doubled. */
export function copy(document: Document, id: string): Document {
  const step = document.steps.find((each) => each.id === id)
  const [way] = waysOf(document, id)
  if (!step || !way) return document
  return insert(document, way, { ...structuredClone(step), id: freeId(document, id) })
}

function freeId({ steps }: Document, name: string): string {
  const taken = new Set(steps.map((step) => step.id))
  const root = name.replace(/_\d+$/, '')
  let id = name
  for (let n = 2; taken.has(id); n++) id = `${root}_${n}`
  return id
}

/** A step to begin with; what it still lacks is said where it stands. */
export function newStep(document: Document, type: Step['type']): Step {
  const id = freeId(document, type)
  switch (type) {
    case 'send':
      return { id, type, channel: 'email', content: { subject: '', text: '' } }
    case 'wait':
      return { id, type, days: 1 }
    case 'window':
      return { id, type, window: { from: '09:00', until: '17:00' } }
    case 'wait_for':
      return { id, type, event: '', for: { days: 3 } }
    case 'branch':
      return { id, type, cases: [{ when: { field: 'contact.email', is: 'exists' }, goto: null }] }
    case 'split':
      return { id, type, weights: [1, 1], goto: [null, null] }
    case 'update':
      return { id, type, add_tags: [] }
    case 'act':
      return { id, type, connector: '', action: '' }
    case 'request':
      return { id, type, method: 'GET', url: '' }
    case 'exit':
      return { id, type, reason: '' }
  }
}
