/** Texts of one direction within sentences of the other (Unicode's bidirectional marks). */

/** FSI … PDI: the value finds its own direction, and what stands around it is not moved. */
export const isolated = (value: string): string => `\u2068${value}\u2069`

/** RLM: a sentence that begins with a Latin name is still Hebrew for `dir="auto"`. */
export const RIGHT_TO_LEFT = '\u200f'
