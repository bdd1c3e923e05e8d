/** Sends shares of runs different ways. The same key always goes the same way at the same step. */
import { createHash } from 'node:crypto'
import type { Decide } from './step.ts'

export const decideSplit: Decide<'split'> = ({ key }, step) => {
  const total = step.weights.reduce((sum, weight) => sum + weight, 0)
  let left = shareOf(key, step.id) * total
  const chosen = step.weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  return { kind: 'go', to: step.goto[chosen] ?? null }
}

/** From 0 to below 1, evenly spread over keys. */
function shareOf(key: string, stepId: string): number {
  const digest = createHash('sha256').update(`${stepId} ${key}`).digest()
  return digest.readUIntBE(0, 6) / 2 ** 48
}
