/**
 * If-Match (RFC 9110 §13.1.1) for what has numbered versions: who writes over what somebody else saved
 * meanwhile is told so, and by whom. Without the header the last one wins, as before.
 */
import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'

const NUMBER = /^"?(\d{1,9})"?$/

/** The version that the caller has seen; null: it does not mind. */
export function ifMatch(request: FastifyRequest): number | null {
  const given = request.headers['if-match']?.trim()
  if (given === undefined || given === '*') return null
  const version = NUMBER.exec(given)?.[1]
  if (version !== undefined) return Number(version)
  throw new AppError('invalid_input', 'If-Match: the number of one version, such as "3".')
}

/** Raises `outdated` when it is another. `by`: who saved it. */
export function assertUnchanged(
  seen: number | null,
  { version, by }: { version: number; by: string | null },
): void {
  if (seen === null || seen === version) return
  const whose = by === null ? 'somebody' : by
  throw new AppError(
    'outdated',
    `Version ${version} was saved by ${whose} meanwhile. Look at it, then save over it or take it.`,
  )
}

/** The same of a draft, by its revision; undefined: there is none, which is revision 0. */
export function assertDraftUnchanged(
  seen: number | null,
  draft: { revision: number; by: string | null } | undefined,
): void {
  if (seen === null || seen === (draft?.revision ?? 0)) return
  const detail = draft
    ? `The draft was saved by ${draft.by ?? 'somebody'} meanwhile.`
    : 'The draft was published or thrown away meanwhile.'
  throw new AppError('outdated', detail)
}
