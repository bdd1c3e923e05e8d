/** Answers a journey's questions about a run's facts. Pure. */
import type { Condition } from './conditions.schema.ts'
import { paid } from './effort.ts'
import { type Facts, lookUp, renderValue } from './facts.ts'

export function holds(condition: Condition, facts: Facts): boolean {
  const { all, any, not, field = '', is, value } = condition
  if (all) return all.every((each) => holds(each, facts))
  if (any) return any.some((each) => holds(each, facts))
  if (not) return !holds(not, facts)
  const found = lookUp(facts, field)
  if (is === 'exists') return !isMissing(found)
  if (is === 'missing') return isMissing(found)
  const wanted = renderValue(value, facts)
  const answer = () => compares(is, found, wanted)
  const isLarge = typeof found === 'object' || typeof wanted === 'object'
  return isLarge ? paid(facts, answer) : answer()
}

function compares(is: Condition['is'], found: unknown, wanted: unknown): boolean {
  switch (is) {
    case 'equals':
      return isSame(found, wanted)
    case 'not_equals':
      return !isSame(found, wanted)
    case 'in':
      return listOf(wanted).some((each) => isSame(found, each))
    case 'not_in':
      return !listOf(wanted).some((each) => isSame(found, each))
    case 'contains':
      return containsIt(found, wanted)
    case 'greater':
      return compare(found, wanted) > 0
    case 'less':
      return compare(found, wanted) < 0
    default:
      return false // the schema has refused it
  }
}

/** An empty text is as good as none: forms and CRMs send them for fields that nobody filled in. */
const isMissing = (value: unknown) => value === undefined || value === null || value === ''

/** 5 and '5', true and 'true' are the same: what came through Liquid or a form is text. */
function isSame(found: unknown, wanted: unknown): boolean {
  if (isMissing(found) || isMissing(wanted)) return isMissing(found) && isMissing(wanted)
  if (typeof found === 'object' || typeof wanted === 'object')
    return JSON.stringify(found) === JSON.stringify(wanted)
  return String(found).normalize() === String(wanted).normalize()
}

function listOf(wanted: unknown): readonly unknown[] {
  if (Array.isArray(wanted)) return wanted
  return typeof wanted === 'string' ? wanted.split(',').map((part) => part.trim()) : [wanted]
}

function containsIt(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(found)) return found.some((each) => isSame(each, wanted))
  return typeof found === 'string' && !isMissing(wanted) && found.includes(String(wanted))
}

/** Numbers, else dates; NaN, which is neither greater nor less, for the rest. */
function compare(found: unknown, wanted: unknown): number {
  const numbers = numberOf(found) - numberOf(wanted)
  return Number.isNaN(numbers) ? dateOf(found) - dateOf(wanted) : numbers
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}

function dateOf(value: unknown): number {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}
