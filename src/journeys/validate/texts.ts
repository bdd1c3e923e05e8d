/**
 * The Liquid of a journey, each text with its place: does it compile, and does what it names exist?
 *
 * Only texts that compile in this process are allowed (templates/compile.ts): a step is decided in
 * memory, thousands a second, and cannot wait for the sandbox.
 */
import type { FieldError } from '../../errors.ts'
import { append } from '../../http/pointer.ts'
import { compile } from '../../templates/compile.ts'
import { TemplateError } from '../../templates/templateError.ts'
import type { Condition } from '../conditions.schema.ts'
import type { JourneyDocument } from '../schema.ts'
import type { StepDocument } from '../steps.schema.ts'
import { factNames } from '../texts.schema.ts'

/** A value that may hold Liquid anywhere in it. */
export interface Place {
  readonly pointer: string
  readonly value: unknown
}

const known: ReadonlySet<string> = new Set(factNames)

export function checkTexts(journey: JourneyDocument): FieldError[] {
  const names = namesOf(journey)
  const texts = [...placesOf(journey), ...conditionsOf(journey).flatMap(valuesOf)].flatMap(textsIn)
  return [
    ...texts.flatMap(({ pointer, text }) => textFaults(pointer, text, names)),
    ...conditionsOf(journey).flatMap((place) => fieldFaults(place, names)),
  ]
}

interface Names {
  readonly settings: ReadonlySet<string>
  readonly steps: ReadonlySet<string>
}

function namesOf({ settings = {}, steps }: JourneyDocument): Names {
  const saved = steps.flatMap((step) => ('save_as' in step && step.save_as ? [step.save_as] : []))
  return {
    settings: new Set(Object.keys(settings)),
    steps: new Set([...steps.map(({ id }) => id), ...saved]),
  }
}

/** Everything but conditions. */
function placesOf(journey: JourneyDocument): Place[] {
  const { trigger, re_entry, window, intervention = [] } = journey
  return [
    { pointer: '/trigger/key', value: trigger.key },
    { pointer: '/re_entry/days', value: re_entry?.days },
    { pointer: '/window', value: window },
    ...intervention.map(({ days }, i) => ({ pointer: `/intervention/${i}/days`, value: days })),
    ...journey.steps.flatMap((step, i) =>
      liquidFields(step).map(([name, value]) => ({ pointer: `/steps/${i}/${name}`, value })),
    ),
  ]
}

/** The fields of a step in which Liquid is rendered. The others are names. */
function liquidFields(step: StepDocument): [name: string, value: unknown][] {
  const pick = <T extends object>(from: T, ...names: (keyof T & string)[]) =>
    names.map((name): [string, unknown] => [name, from[name]])
  switch (step.type) {
    case 'send':
      return pick(step, 'variables', 'content', 'window', 'metadata', 'update')
    case 'wait':
      return pick(step, 'minutes', 'hours', 'days', 'until')
    case 'window':
      return pick(step, 'window')
    case 'wait_for':
      return pick(step, 'for')
    case 'update':
      return pick(step, 'name', 'locale', 'time_zone', 'traits', 'add_tags', 'remove_tags')
    case 'act':
      return pick(step, 'params')
    case 'request':
      return pick(step, 'url', 'headers', 'body')
    case 'exit':
      return pick(step, 'reason')
    case 'branch':
    case 'split':
      return []
  }
}

interface ConditionPlace {
  readonly pointer: string
  readonly condition: Condition
}

/** Every single comparison, however deep it stands. */
function conditionsOf({ trigger, exit_on = [], goal, steps }: JourneyDocument): ConditionPlace[] {
  const at = (pointer: string, condition: Condition | undefined) =>
    condition ? comparisons({ pointer, condition }) : []
  return [
    ...at('/trigger/where', trigger.where),
    ...at('/goal/where', goal?.where),
    ...exit_on.flatMap(({ where }, i) => at(`/exit_on/${i}/where`, where)),
    ...steps.flatMap((step, i) => {
      if (step.type === 'wait_for') return at(`/steps/${i}/where`, step.where)
      if (step.type !== 'branch') return []
      return step.cases.flatMap(({ when }, n) => at(`/steps/${i}/cases/${n}/when`, when))
    }),
  ]
}

function comparisons({ pointer, condition }: ConditionPlace): ConditionPlace[] {
  const { all, any, not } = condition
  if (not) return comparisons({ pointer: `${pointer}/not`, condition: not })
  const [name, list] = all ? ['all', all] : ['any', any]
  if (!list) return [{ pointer, condition }]
  return list.flatMap((each, i) =>
    comparisons({ pointer: `${pointer}/${name}/${i}`, condition: each }),
  )
}

function valuesOf({ pointer, condition }: ConditionPlace): Place[] {
  return [{ pointer: `${pointer}/value`, value: condition.value }]
}

function textsIn({ pointer, value }: Place): { pointer: string; text: string }[] {
  if (typeof value === 'string') return [{ pointer, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    textsIn({ pointer: append(pointer, key), value: inner }),
  )
}

function textFaults(pointer: string, text: string, names: Names): FieldError[] {
  try {
    const { kind, variables } = compile(text, { escape: 'none' })
    if (kind === 'sandbox') return [{ pointer, detail: TOO_MUCH }]
    const strange = variables.filter((name) => !known.has(name)).map(unknownFact)
    return [...strange, ...unknownNames(text, names)].map((detail) => ({ pointer, detail }))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const place = error.line === null ? '' : ` (line ${error.line}, column ${error.column})`
    return [{ pointer, detail: `${error.message}${place}` }]
  }
}

const TOO_MUCH =
  'Journeys take variables, conditions, loops and plain filters only. Move the rest into a template.'

const unknownFact = (name: string) =>
  `There is no fact called ${name}. Use one of: ${factNames.join(', ')}.`

/** Settings and steps are known by name; what an event or a contact holds is not. */
function unknownNames(text: string, names: Names): string[] {
  // What stands between braces, in one walk over a text that somebody else wrote.
  const liquid = text
    .split('{')
    .slice(1)
    .map((part) => part.split('}', 1)[0])
    .join(' ')
  const found = [...liquid.matchAll(/(?<![\w.])(settings|steps)\.([A-Za-z_]\w*)/g)]
  return found.flatMap(([, room, name]) => unknownName(room, name, names))
}

function fieldFaults({ pointer, condition }: ConditionPlace, names: Names): FieldError[] {
  const [root = '', name] = (condition.field ?? '').split('.')
  const faults = known.has(root) ? unknownName(root, name, names) : [unknownFact(root)]
  return faults.map((detail) => ({ pointer: `${pointer}/field`, detail }))
}

function unknownName(root: string | undefined, name: string | undefined, names: Names): string[] {
  if (name === undefined || (root !== 'settings' && root !== 'steps')) return []
  if (names[root].has(name)) return []
  return [`There is no ${root === 'steps' ? 'step' : 'setting'} called ${name}.`]
}
