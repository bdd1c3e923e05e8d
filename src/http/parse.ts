/** Checks a value against a schema and names every field that does not fit (422). */
import type { z } from 'zod'
import { AppError } from '../errors.ts'
import { fieldErrors, MAX_ERRORS, sentenceOf } from './fieldErrors.ts'

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue) => fieldErrors(issue)).slice(0, MAX_ERRORS)
  throw new AppError('invalid_input', sentenceOf(errors), { errors })
}
