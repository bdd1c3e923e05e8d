/** Numbers as they are typed. */

/** Only what a number is written as: "1.0" stays text, so that 1.05 can be typed; so do 007 and ids of twenty digits. */
export function numberOf(text: string): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) && String(value) === text ? value : undefined
}
