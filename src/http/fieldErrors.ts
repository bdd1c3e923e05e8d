/** What a schema found, as the fields that are wrong: where, and in a person's words. */
import type { FieldError } from '../errors.ts'
import { inNoForm, oneOf } from '../lib/words.ts'
import { append, pointerTo } from './pointer.ts'

/** One fault as zod describes it, with the parts that are looked at here. */
export interface SchemaIssue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** Of fields that there are not. */
  readonly keys?: readonly string[] | undefined
  /** Of a choice of forms: what is wrong with each. */
  readonly errors?: readonly (readonly SchemaIssue[])[] | undefined
  /** Of the name of an entry: what is wrong with it. */
  readonly issues?: readonly SchemaIssue[] | undefined
  /** Of a choice by the value of a field: those that there are. */
  readonly options?: readonly unknown[] | undefined
}

/** Of very many faults the first few are enough. */
export const MAX_ERRORS = 50

export function fieldErrors(issue: SchemaIssue, at = ''): FieldError[] {
  const pointer = at + pointerTo(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).slice(0, MAX_ERRORS).map((key) => ({
      pointer: append(pointer, key),
      detail: 'There is no such field. Check its name or leave it out.',
    }))
  }
  if (issue.code === 'invalid_key')
    return [{ pointer, detail: `as a name: ${issue.issues?.[0]?.message ?? issue.message}` }]
  if (issue.code !== 'invalid_union') return [{ pointer, detail: issue.message }]
  if (issue.options && issue.options.length > 0) {
    // A schema may say it better than its options do.
    const detail = issue.message === inNoForm ? oneOf(issue.options) : issue.message
    return [{ pointer, detail }]
  }
  return ofForms(issue, pointer)
}

/** The form that was meant is the one that has the right type as a whole; else all are named. */
function ofForms({ errors = [], message }: SchemaIssue, pointer: string): FieldError[] {
  const meant = errors.find((faults) => faults.length > 0 && faults.every(isInside))
  if (meant) return meant.flatMap((fault) => fieldErrors(fault, pointer))
  const kinds = errors.flatMap((faults) => faults.map((fault) => fault.message))
  const types = [...new Set(kinds)].filter((words) => words.startsWith('not '))
  if (types.length === 0) return [{ pointer, detail: message }]
  return [{ pointer, detail: `not ${types.map((words) => words.slice(4)).join(' or ')}` }]
}

const isInside = ({ path, code }: SchemaIssue) => path.length > 0 || code === 'unrecognized_keys'

/** The first in a sentence of its own: `to/email: not a text`. */
export function sentenceOf(errors: readonly FieldError[], where = 'body'): string | undefined {
  const [first] = errors
  if (!first) return undefined
  const place = first.pointer.slice(1) || `the ${where}`
  return `${place}: ${first.detail}`
}
