/** Errors of the database that are about a row's content, and will come again however often it is tried. */
import { PostgresError } from './db.ts'

/** Data exceptions and integrity violations (SQLSTATE classes 22 and 23). */
export function isRefusal(error: unknown): error is Error & { code: string } {
  return error instanceof PostgresError && /^2[23]/.test(error.code)
}
