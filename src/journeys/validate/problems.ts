/**
 * What is wrong with a journey that may not even be well-formed: every fault of form, and beside it what can
 * be said of the steps that are in form, so that nobody mends one kind only to be told of the next.
 */
import type { FieldError } from '../../errors.ts'
import { fieldErrors } from '../../http/fieldErrors.ts'
import type { DraftDocument } from '../drafts/schema.ts'
import { JourneyDocument } from '../schema.ts'
import { StepDocument } from '../steps.schema.ts'
import { checkNames } from './graph.ts'
import { checkReferences, type Surroundings } from './references.ts'
import { checkTexts } from './texts.ts'
import { faultsOf, MAX_ERRORS } from './validate.ts'

export interface Examined {
  /** Absent while it is not well-formed. */
  readonly document?: JourneyDocument
  readonly errors: readonly FieldError[]
}

const Head = JourneyDocument.omit({ steps: true })

export async function examine(draft: DraftDocument, around: Surroundings): Promise<Examined> {
  const { data, error } = JourneyDocument.safeParse(draft)
  if (data) return { document: data, errors: await faultsOf(data, around) }
  const form = error.issues.flatMap((issue) => fieldErrors(issue))
  const rest = await besides(draft, around)
  return { errors: [...form, ...rest].slice(0, MAX_ERRORS) }
}

async function besides(draft: DraftDocument, around: Surroundings): Promise<FieldError[]> {
  const { steps, ...rest } = draft
  const head = Head.safeParse(rest)
  if (!head.success) return []
  const known = { ...head.data, steps: steps.map(inFormOrNot) }
  return [...checkNames(known), ...checkTexts(known), ...(await checkReferences(known, around))]
}

/** One that is not in form keeps its place and name, and nothing else is said of it. */
function inFormOrNot(step: DraftDocument['steps'][number]): StepDocument {
  const { data } = StepDocument.safeParse(step)
  return data ?? { id: step.id, type: 'exit', reason: '–' }
}
