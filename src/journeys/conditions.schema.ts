/** Questions about a run's facts, as branches, triggers and exits ask them. Pure. */
import { z } from 'zod'

export const MAX_CONDITIONS = 50 // in one list

export const operators = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'exists',
  'missing',
  'contains',
  'greater',
  'less',
] as const
export type Operator = (typeof operators)[number]
const withoutValue: ReadonlySet<Operator> = new Set(['exists', 'missing'])
const withList: ReadonlySet<Operator> = new Set(['in', 'not_in'])

/** Either `all`, `any`, `not`, or `field` with `is`; the schema refuses anything else. */
export interface Condition {
  readonly all?: readonly Condition[] | undefined
  readonly any?: readonly Condition[] | undefined
  readonly not?: Condition | undefined
  /** A path into the facts, such as event.item_id. */
  readonly field?: string | undefined
  readonly is?: Operator | undefined
  /** Strings in it are Liquid. `in` and `not_in` take a list, or Liquid that becomes one divided by commas. */
  readonly value?: unknown
}

export const Condition: z.ZodType<Condition> = z
  .strictObject({
    get all() {
      return z.array(Condition).min(1).max(MAX_CONDITIONS).optional()
    },
    get any() {
      return z.array(Condition).min(1).max(MAX_CONDITIONS).optional()
    },
    get not() {
      return Condition.optional()
    },
    field: z
      .string()
      .regex(/^[A-Za-z_]\w*(\.[^\s.{}]+)*$/, 'not a path into the facts, such as event.item_id')
      .max(300)
      .optional(),
    is: z.enum(operators).optional(),
    value: z.json().optional(),
  })
  .check(({ value, issues }) => {
    const fault = faultOf(value)
    if (fault) issues.push({ code: 'custom', input: value, ...fault })
  })
  .meta({ id: 'JourneyCondition' })

function faultOf(condition: Condition): { message: string; path: string[] } | null {
  const { field, is, value } = condition
  const forms = [condition.all, condition.any, condition.not, field]
  if (forms.filter((form) => form !== undefined).length !== 1)
    return { message: 'Give one of all, any, not, or field with is.', path: [] }
  if (field === undefined) {
    const plain = is === undefined && value === undefined
    return plain ? null : { message: 'is and value belong to a field.', path: ['is'] }
  }
  if (is === undefined) return { message: `Say how: ${operators.join(', ')}.`, path: ['is'] }
  const message = valueFault(is, value)
  return message === null ? null : { message, path: ['value'] }
}

function valueFault(is: Operator, value: unknown): string | null {
  if (withoutValue.has(is)) return value === undefined ? null : `${is} takes no value.`
  if (value === undefined) return 'Give the value to compare with.'
  const listed = Array.isArray(value) || typeof value === 'string'
  return withList.has(is) && !listed ? `${is} takes a list.` : null
}
