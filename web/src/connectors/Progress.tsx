/** How far a pull is: "3,200 of ~11,000, about 4 minutes left". */
import { gap, number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import type { Connection } from './ConnectorsPage.tsx'

type Task = Connection['tasks'][number]

const ENOUGH = 100 // records from which a pace can be told

export function Progress({ task }: { task: Task }) {
  const { progress } = task
  if (!progress) return null
  const { records, of, since } = progress
  if (of === null) return <span>{t('{records} read so far', { records: number(records) })}</span>
  const left = leftOf(progress)
  return (
    <span className="flex flex-col gap-1">
      <progress
        aria-label={t('Progress')}
        className="h-2 w-full accent-primary"
        value={Math.min(records, of)}
        max={of}
      />
      <span>
        {t('{records} of about {of}', { records: number(records), of: number(of) })}
        {left !== null && ` · ${t('{time} left', { time: gap(since, left) })}`}
      </span>
    </span>
  )
}

/** As long as before for as many; null: too early to say. */
function leftOf({ records, of, since }: NonNullable<Task['progress']>): string | null {
  if (of === null || records < ENOUGH || records >= of) return null
  const soFar = Date.now() - Date.parse(since)
  const left = (soFar / records) * (of - records)
  return new Date(Date.parse(since) + left).toISOString()
}
