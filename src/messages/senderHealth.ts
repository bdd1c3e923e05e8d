/** How a sender is, from what it did in the last minutes, and by which rule. Pure. */
import type { SenderFigures } from './store/health.ts'

export const WINDOW_MINUTES = 5
const ENOUGH = 10 // attempts from which a share says something
const MANY_FAIL = 0.2 // of the attempts: something is broken
const SOME_FAIL = 0.05
const SLOW_MS = 60_000 // of the slowest twentieth
const LATE_MS = 2 * 60_000 // of the message that has been due for longest

export interface Health {
  readonly level: 'good' | 'watch' | 'bad'
  /** A sentence: the rule, with its figures. */
  readonly rule: string
}

/** The first rule that holds. */
export function senderHealth(figures: SenderFigures, now: Date): Health {
  const { sent, failed, p95Ms, waiting, oldestDueAt } = figures
  const all = sent + failed
  const share = all < ENOUGH ? 0 : failed / all
  if (share >= SOME_FAIL) {
    const percent = Math.round(share * 100)
    const rule = `${failed} of the last ${all} messages failed: ${percent} % in ${WINDOW_MINUTES} minutes.`
    return { level: share >= MANY_FAIL ? 'bad' : 'watch', rule }
  }
  const lateMs = oldestDueAt ? +now - +oldestDueAt : 0
  if (lateMs >= LATE_MS) {
    const minutes = Math.round(lateMs / 60_000)
    const rule = `It is behind: ${waiting} messages wait, the oldest for ${minutes} minutes.`
    return { level: 'watch', rule }
  }
  if (p95Ms !== null && p95Ms >= SLOW_MS) {
    const seconds = Math.round(p95Ms / 1_000)
    return {
      level: 'watch',
      rule: `It is slow: one message of twenty takes ${seconds} s or longer.`,
    }
  }
  if (all === 0) {
    const rule = `Nothing was sent in the last ${WINDOW_MINUTES} minutes, and nothing is late.`
    return { level: 'good', rule }
  }
  const rule = `${failed} of the last ${all} messages failed in ${WINDOW_MINUTES} minutes, and nothing is late.`
  return { level: 'good', rule }
}
