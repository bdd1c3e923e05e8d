/** What is held since the database was restored from a backup, as lines of what needs a person. */
import { t } from '../lib/language.ts'
import type { ProblemLine } from './Problems.tsx'

interface Restored {
  readonly messages: number
  readonly runs: number
  readonly schedules: number
  readonly events: number
}

export function restoredLines({ messages, runs, schedules, events }: Restored): ProblemLine[] {
  const lines: ProblemLine[] = []
  if (messages > 0)
    lines.push({
      text: t('Messages held since a restore, as they may have been sent before it: {messages}', {
        messages,
      }),
      to: '/messages',
      search: { status: 'held' },
    })
  if (runs + schedules + events > 0)
    lines.push({
      text: t(
        'Journeys are held since a restore: {runs} runs, {schedules} schedules, {events} events. `beckon redrive --status restored --yes` lets them go, with `--drop` it ends them.',
        { runs, schedules, events },
      ),
      to: '/journeys',
    })
  return lines
}
