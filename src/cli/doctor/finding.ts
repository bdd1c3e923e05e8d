/** One line of `beckon doctor`. */
export interface Finding {
  readonly check: string
  readonly status: 'pass' | 'warn' | 'fail'
  /** What was found, in plain words. */
  readonly detail: string
  /** What to do about it; null when nothing is to be done. */
  readonly mend: string | null
}

export const pass = (check: string, detail: string): Finding => ({
  ...{ check, status: 'pass', detail, mend: null },
})

export const warn = (check: string, detail: string, mend: string): Finding => ({
  ...{ check, status: 'warn', detail, mend },
})

export const fail = (check: string, detail: string, mend: string): Finding => ({
  ...{ check, status: 'fail', detail, mend },
})

/** An error's message, to stand inside a sentence. */
export const wordsOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/\.+$/, '')
