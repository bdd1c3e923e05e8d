/** Days as date fields have them (`2026-11-21`), in the viewer's zone, and the moments they begin. */

/** When the day begins, or the `later`th after it; empty when it is none. */
export function beginOf(day: string, later = 0): string {
  const at = new Date(`${day}T00:00`)
  if (Number.isNaN(+at)) return ''
  at.setDate(at.getDate() + later) // not 24 hours: where clocks change, days are longer or shorter
  return at.toISOString()
}

/** The day of a moment, or of the one just before it. */
export function dayOf(at: string, justBefore = false): string {
  const moment = new Date(+new Date(at) - (justBefore ? 1 : 0))
  if (Number.isNaN(+moment)) return ''
  const two = (n: number) => String(n).padStart(2, '0')
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
}
