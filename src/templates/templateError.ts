/**
 * What is wrong with a template, in words for the person who wrote it.
 *
 * Raised when a template is compiled, and when rendering it would cost more
 * than one message may. Routes answer it as 422; a message ends as failed with
 * its text as the reason.
 */
export interface Position {
  /** Both count from 1, in the source as it was written. */
  readonly line: number
  readonly column: number
}

export class TemplateError extends Error {
  override name = 'TemplateError'
  /** Null when the fault has no place, such as a source that is too long. */
  readonly line: number | null
  readonly column: number | null

  constructor(message: string, at?: Position | null, options?: { cause?: unknown }) {
    super(message, options)
    this.line = at?.line ?? null
    this.column = at?.column ?? null
  }
}

export function positionOf(source: string, offset: number): Position {
  const end = Math.min(Math.max(offset, 0), source.length)
  let line = 1
  let lineStart = 0
  for (let at = source.indexOf('\n'); at !== -1 && at < end; at = source.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  return { line, column: end - lineStart + 1 }
}
