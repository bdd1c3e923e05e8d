/** Errors of the database that are about a row's content, and will come again however often it is tried. */
import { PostgresError } from './db.ts'

/** Data exceptions and integrity violations (SQLSTATE classes 22 and 23). */
export function isRefusal(error: unknown): error is Error & { code: string } {
  return error instanceof PostgresError && /^2[23]/.test(error.code)
}

/** Another row has the same key already. */
export const isTaken = (error: unknown): boolean => hasCode(error, '23505')

/** The row that it points to is not there any more. */
export const isGone = (error: unknown): boolean => hasCode(error, '23503')

const hasCode = (error: unknown, code: string) =>
  error instanceof PostgresError && error.code === code
