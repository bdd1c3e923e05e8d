/**
 * Lets the event loop turn between slices of a long piece of work.
 *
 * A connection that waits for its next message gets at most one per turn, so work of
 * several milliseconds in one go costs every connection that time.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
