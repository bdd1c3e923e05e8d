/** Checks a value against a schema and names every field that does not fit (422). */
import type { z } from 'zod'
import '../lib/words.ts'
import { AppError, type FieldError } from '../errors.ts'
import { append, pointerTo } from './pointer.ts'

const MAX_ERRORS = 50 // of a batch of 1,000 bad messages the first few are enough

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.flatMap(fieldErrors).slice(0, MAX_ERRORS)
  const first = errors[0]
  throw new AppError('invalid_input', first ? `body${first.pointer}: ${first.detail}` : undefined, {
    errors,
  })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const pointer = pointerTo(issue.path)
  if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }]
  return issue.keys.map((key) => ({
    pointer: append(pointer, key),
    detail: 'There is no such field. Check its name or leave it out.',
  }))
}
