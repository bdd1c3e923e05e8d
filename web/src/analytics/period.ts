/** Periods of the overview: the last n days, and the n days before them. */

const DAY_MS = 86_400_000
const STEP_MS = 60_000 // so that the same minute asks the same question

export function periodOf(days: number, back = 0): { from: string; to: string } {
  const now = Math.ceil(Date.now() / STEP_MS) * STEP_MS
  const to = now - back * days * DAY_MS
  return { from: new Date(to - days * DAY_MS).toISOString(), to: new Date(to).toISOString() }
}
