/** A journey as boxes and arrows: which step leads to which, and when. */
import { t } from '../lib/language.ts'
import { type Way, waysOf } from './edit.ts'
import type { Document, Step } from './words.ts'

export interface Arrow {
  readonly from: string
  readonly to: string
  readonly label: string
  /** Absent where nothing can be put in between. */
  readonly way?: Way
}

export const START = '·start'
export const END = '·end'

export function arrowsOf(document: Document): readonly Arrow[] {
  const first = document.steps[0]?.id ?? END
  return [
    { from: START, to: first, label: '', way: { from: null, slot: 'next' } },
    ...document.steps.flatMap((step) => leaving(document, step)),
  ]
}

function leaving(document: Document, step: Step): readonly Arrow[] {
  if (step.type === 'exit') return [{ from: step.id, to: END, label: '' }]
  return waysOf(document, step.id).map((way) => ({
    ...{ from: step.id, to: way.to ?? END, way },
    label: labelOf(step, way.slot),
  }))
}

function labelOf(step: Step, slot: string): string {
  if (slot === 'on_event') return t('it happened')
  if (slot === 'on_timeout') return t('in vain')
  if (slot === 'else') return t('else')
  const at = Number(/\d+/.exec(slot)?.[0])
  if (step.type === 'branch') return t('case {n}', { n: at + 1 })
  return step.type === 'split' ? String(step.weights?.[at] ?? '') : ''
}
