/**
 * What tools say. On a terminal text for people; else, or with --json, JSON: the result on
 * stdout, an error as {"error":{message,code}} on stderr. Notes and progress go to stderr.
 */
import { AppError, type FieldError } from '../errors.ts'

export interface Flags {
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface Output {
  readonly json: boolean
  /** The command's answer. */
  result(value: unknown, text: () => string): void
  /** Something worth knowing beside it. */
  note(text: string): void
  /** Replaces the line of progress before; on a terminal only. */
  progress(text: string): void
}

export const wantsJson = (flags: Flags) => flags.json === true || !process.stdout.isTTY

export function createOutput(flags: Flags): Output {
  const json = wantsJson(flags)
  const quiet = flags.quiet === true
  let under = false // a line of progress stands
  const clear = () => {
    if (under) process.stderr.write('\r\x1b[K')
    under = false
  }
  return {
    json,
    result(value, text) {
      clear()
      process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`)
    },
    note(text) {
      clear()
      if (!quiet) process.stderr.write(`${text}\n`)
    },
    progress(text) {
      if (quiet || !process.stderr.isTTY) return
      process.stderr.write(`\r\x1b[K${text}`)
      under = true
    },
  }
}

/** `code` names errors that are none of ours. */
export function printError(error: unknown, flags: Flags, other = 'failed'): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof AppError ? error.code : other
  const errors = error instanceof AppError ? error.errors : undefined
  process.stderr.write(
    wantsJson(flags)
      ? `${JSON.stringify({ error: { message, code, ...(errors ? { errors } : {}) } })}\n`
      : `${[message, ...otherFaults(message, errors)].join('\n')}\n`,
  )
}

function otherFaults(message: string, errors: readonly FieldError[] = []): string[] {
  return errors
    .filter(({ detail }) => !message.includes(detail))
    .map(({ pointer, detail }) => `  ${pointer}: ${detail}`)
}

/** Rows of cells under their headings, columns aligned. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '(none)'
  const all = [headings, ...rows]
  const widths = headings.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)))
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
