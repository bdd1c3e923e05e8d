/** Many messages in requests of a hundred, each with a key, so that one whose answer was lost is done once. */
export const AT_ONCE = 100 // ids that the API takes in one request

export interface Turn {
  readonly ids: readonly string[]
  readonly key: string
}

/**
 * What is left to be done, in turns. The turn of which nobody knows whether it was done comes first as it
 * was, key and all. Once one of its messages is no longer chosen it is another request, and so another turn.
 */
export function turnsOf(chosen: readonly string[], unsure: Turn | null): Turn[] {
  const again = unsure?.ids.every((id) => chosen.includes(id)) ? unsure : null
  const others = chosen.filter((id) => !again?.ids.includes(id))
  const turns: Turn[] = again ? [again] : []
  for (let at = 0; at < others.length; at += AT_ONCE)
    turns.push({ ids: others.slice(at, at + AT_ONCE), key: randomKey() })
  return turns
}

/** Not randomUUID: browsers have that on https only. */
const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-')
