/**
 * Secrets in answers to writes. Such an answer is kept for repetitions of the request
 * (Idempotency-Key), and the database must not learn the secret by that: the kept copy,
 * which JSON.stringify makes, has null in its place. The answer itself is written by its
 * schema and holds it.
 */
export function shownOnce<T extends object, F extends keyof T>(
  answer: T,
  field: F,
): Omit<T, F> & { [name in F]: T[F] | null } {
  return Object.defineProperty({ ...answer }, 'toJSON', {
    value: () => ({ ...answer, [field]: null }),
  })
}
