/** Texts of one direction within sentences of the other (Unicode's bidirectional marks). */

/**
 * FSI … PDI: the value finds its own direction, and what stands around it is not moved. Signs and
 * digits alone have none, and run from left to right (LRI).
 */
export const isolated = (value: string): string =>
  `${/\p{L}/u.test(value) ? '\u2068' : '\u2066'}${value}\u2069`

/** RLM: a sentence that begins with a Latin name is still Hebrew for `dir="auto"`. */
export const RIGHT_TO_LEFT = '\u200f'
