/**
 * What a step decides. Pure: a step looks at the run's facts and says what is to happen; the engine
 * does it and writes it down, and a simulation only shows it.
 */
import type { ContactPatch } from '../../contacts/schema.ts'
import type { SendWindow } from '../../lib/window.ts'
import type { Facts } from '../facts.ts'
import type { JourneyDocument } from '../schema.ts'
import type { StepDocument, StepOf, StepType } from '../steps.schema.ts'

/** A run as a step sees it. */
export interface StepRun {
  readonly journey: JourneyDocument
  readonly facts: Facts
  /** What runs of the journey are told apart by. */
  readonly key: string
  readonly now: Date
  readonly enteredAt: Date
  /** It has waited at this step, and the time is over. */
  readonly waited: boolean
  /** Of windows that name none: the contact's, else the workspace's. */
  readonly timeZone: string
  readonly tags: readonly string[]
}

/** A message as the engine has it accepted. */
export interface StepMessage {
  /** As POST /notifications takes it, without the recipient. */
  readonly item: Readonly<Record<string, unknown>>
  readonly toDestination: boolean
  readonly window: SendWindow | null
  readonly update: StepUpdate | null
}

export interface StepUpdate {
  readonly key: string
  readonly withinMinutes: number
  /** Never sends a new one. */
  readonly only: boolean
  /** Null: the one that comes last holds. */
  readonly order: number | null
}

export type StepCall =
  | {
      readonly kind: 'act'
      readonly connector: string
      readonly action: string
      readonly params: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'request'
      readonly method: StepOf<'request'>['method']
      readonly url: string
      readonly headers: Readonly<Record<string, string>>
      readonly body: unknown
      readonly saveAs: string | null
    }

export type Outcome =
  | { readonly kind: 'go'; readonly to: string | null }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'send'; readonly message: StepMessage; readonly to: string | null }
  | { readonly kind: 'update'; readonly patch: ContactPatch; readonly to: string | null }
  | {
      readonly kind: 'call'
      readonly call: StepCall
      readonly onError: 'fail' | 'continue'
      readonly to: string | null
    }
  | { readonly kind: 'exit'; readonly reason: string; readonly attention: boolean }

/** Throws TemplateError, RangeError or ZodError when what its texts became cannot be used. */
export type Decide<T extends StepType> = (run: StepRun, step: StepOf<T>) => Outcome
export type AnyStep = StepDocument
