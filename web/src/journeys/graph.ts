/** A journey as boxes and arrows: which step leads to which, and when. */
import { t } from '../lib/language.ts'
import type { Document, Step } from './words.ts'

export interface Arrow {
  readonly from: string
  readonly to: string
  readonly label: string
}

export const START = '·start'
export const END = '·end'

export function arrowsOf({ steps }: Document): readonly Arrow[] {
  const first = steps[0]?.id ?? END
  return [
    { from: START, to: first, label: '' },
    ...steps.flatMap((step, at) => leaving(step, steps[at + 1]?.id ?? END)),
  ]
}

function leaving(step: Step, below: string): readonly Arrow[] {
  const to = (target: string | null | undefined, otherwise: string) =>
    target === undefined ? otherwise : (target ?? END)
  const next = to('next' in step ? step.next : undefined, below)
  const arrow = (target: string, label = ''): Arrow => ({ from: step.id, to: target, label })
  if (step.type === 'exit') return [arrow(END)]
  if (step.type === 'wait_for')
    return [
      arrow(to(step.on_event, next), t('it happened')),
      arrow(to(step.on_timeout, next), t('in vain')),
    ]
  if (step.type === 'branch')
    return [
      ...step.cases.map(({ goto }, at) => arrow(to(goto, next), t('case {n}', { n: at + 1 }))),
      arrow(to(step.else, next), t('else')),
    ]
  if (step.type === 'split')
    return step.goto.map((goto, at) => arrow(to(goto, next), String(step.weights[at] ?? '')))
  return [arrow(next)]
}
