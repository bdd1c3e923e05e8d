/** How many came to a step, are there, left it and failed there; each number leads to the people. */
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import type { Figures, Whom } from './words.ts'

interface Props {
  readonly figure: Figures
  /** Absent where it is only shown. */
  readonly onPeople?: ((step: string, whom: Whom) => void) | undefined
}

export function StepFigures({ figure, onPeople }: Props) {
  const { step, entered, waiting, left, failed } = figure
  const parts: readonly (readonly [Whom, number, string])[] = [
    ['waiting', waiting, t('{count} here', { count: number(waiting) })],
    ['left', left, t('{count} left', { count: number(left) })],
    ['failed', failed, t('{count} failed', { count: number(failed) })],
  ]
  return (
    <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted-foreground tabular-nums">
      <span>{t('{count} came', { count: number(entered) })}</span>
      {parts.map(([whom, count, words]) =>
        count === 0 || !onPeople ? (
          (whom !== 'failed' || count > 0) && <span key={whom}>{words}</span>
        ) : (
          <button
            key={whom}
            type="button"
            className={`nodrag nopan min-h-6 underline underline-offset-4 hover:text-foreground ${
              whom === 'failed' ? 'text-destructive' : ''
            }`}
            aria-label={`${step}: ${words}`}
            onClick={(event) => {
              event.stopPropagation()
              onPeople(step, whom)
            }}
          >
            {words}
          </button>
        ),
      )}
    </span>
  )
}
