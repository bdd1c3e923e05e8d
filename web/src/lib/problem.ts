/** What the API answers when it cannot (RFC 9457), and how that is told. */

import { t } from './language.ts'
import { said } from './said.ts'

export interface Problem {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly request_id?: string
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]
}

export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.problem = problem
  }
}

export const isSignedOut = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.status === 401

export const isUnreachable = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.code === 'unreachable'

/** Whether the same request would be answered so again. */
export const isFinal = (error: unknown): boolean =>
  error instanceof ProblemError && [403, 404, 410, 422].includes(error.problem.status)

/** One sentence for a person. */
export function sayProblem(error: unknown): string {
  if (!(error instanceof ProblemError)) return t('Something went wrong on this page.')
  const { code, title, detail, errors = [] } = error.problem
  if (code === 'unreachable') return t('The server does not answer. Check that it is running.')
  const first = errors[0]
  if (first && !detail) return `${first.pointer.slice(1)}: ${said(first.detail)}`
  return said(detail ?? title)
}

/** What is wrong with each field, by its JSON pointer without the first slash. */
export function fieldFaults(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  const { errors = [] } = error.problem
  return Object.fromEntries(errors.map(({ pointer, detail }) => [pointer.slice(1), said(detail)]))
}
