/**
 * Ours and the reference in turns, so that whatever else the machine does meanwhile meets
 * both; the round in the middle counts.
 */
import type { LoadAnswer } from './load.ts'

export async function inTurns(
  rounds: number,
  ours: () => Promise<LoadAnswer>,
  theirs: () => Promise<LoadAnswer>,
): Promise<{ ours: LoadAnswer; theirs: LoadAnswer }> {
  const found: { ours: LoadAnswer; theirs: LoadAnswer }[] = []
  for (let round = 0; round < rounds; round++) {
    found.push({ ours: await ours(), theirs: await theirs() })
  }
  const ratio = (round: { ours: LoadAnswer; theirs: LoadAnswer }) =>
    round.ours.perSecond / round.theirs.perSecond
  const middle = found.toSorted((a, b) => ratio(a) - ratio(b))[Math.floor(rounds / 2)]
  if (!middle) throw new RangeError('at least one round')
  return middle
}
