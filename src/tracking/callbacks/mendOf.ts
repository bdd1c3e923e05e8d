/** What to do about callbacks that failed, from the words they failed with. Pure. */

const mends: readonly (readonly [RegExp, string])[] = [
  [
    /^Its sender is gone/,
    'Its sender was removed: these can be left. If it is added again, try them again.',
  ],
  [
    /^There is no such connection|connection is gone/i,
    'The connection was removed: these can be left.',
  ],
  [
    /^The body is (?:no JSON|not as)/,
    'The vendor sends something that this version does not understand. Look at one of them; after an update try these again.',
  ],
  [
    /refuses the|unauthori[sz]ed|forbidden|invalid.{0,12}(?:key|token)/i,
    'Correct the key in the settings and check it, then try these again.',
  ],
  [
    /no more calls|did not answer|answered 5\d\d|timed? ?out|ECONN|fetch failed/i,
    'The vendor could not be asked for an hour. When it answers again, try these again.',
  ],
]
const ELSE = 'Look at one of them, mend what it names, then try these again.'

export function mendOf(reason: string): string {
  return mends.find(([words]) => words.test(reason))?.[1] ?? ELSE
}
