/**
 * Does a well-formed journey make sense? Every fault with its place, all at once.
 *
 * It says no to what could only fail later, with somebody in the middle of it: steps that do not
 * exist or are never reached, circles that never rest, Liquid that does not compile, templates,
 * senders, connectors and actions that are not there.
 */
import { AppError, type FieldError } from '../../errors.ts'
import type { JourneyDocument } from '../schema.ts'
import { checkGraph } from './graph.ts'
import { checkReferences, type Surroundings } from './references.ts'
import { checkSettingDefaults } from './settings.ts'
import { checkTexts } from './texts.ts'

export const MAX_ERRORS = 50

/** An empty list when all is well. */
export async function faultsOf(
  journey: JourneyDocument,
  around: Surroundings,
): Promise<FieldError[]> {
  const texts = checkTexts(journey)
  const faults = [
    ...checkGraph(journey),
    ...texts,
    ...(texts.length === 0 ? checkSettingDefaults(journey) : []),
    ...(await checkReferences(journey, around)),
  ]
  return faults.slice(0, MAX_ERRORS)
}

/** Raises `invalid_input` with every fault. */
export async function assertValid(journey: JourneyDocument, around: Surroundings): Promise<void> {
  const errors = await faultsOf(journey, around)
  if (errors.length > 0) throw refuse(errors)
}

export function refuse(errors: readonly FieldError[]): AppError {
  const [first] = errors
  return new AppError('invalid_input', first && `body${first.pointer}: ${first.detail}`, { errors })
}
