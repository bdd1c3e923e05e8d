/** From sent to answered: how many are left at each step, of all and of the step before. */
import { number, percent } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Card } from '../ui/Card.tsx'
import { SaveList } from '../ui/SaveList.tsx'
import { Skeleton } from '../ui/States.tsx'
import { useOverview } from './useOverview.ts'

const FEW = 20 // messages; a share of fewer says nothing

interface Step {
  readonly name: string
  readonly count: number
  /** How many there were one step before; undefined at the first. */
  readonly before: number | undefined
}

export function Funnel({ days }: { days: number }) {
  const { data } = useOverview(days, 0)
  const steps = data && stepsOf(data.totals)
  const most = Math.max(1, ...(steps ?? []).map(({ count }) => count))
  return (
    <Card
      title={t('From sent to answered')}
      note={t('Opens and clicks of people; machines are left out.')}
      actions={
        steps && (
          <SaveList
            title={t('From sent to answered')}
            rows={steps}
            columns={[
              [t('Step'), ({ name }) => name],
              [t('Messages'), ({ count }) => count],
              [t('Of the step before'), (step) => shareOf(step)],
            ]}
          />
        )
      }
    >
      {steps ? (
        <ol className="flex flex-col gap-3">
          {steps.map((step) => (
            <li key={step.name} className="text-sm">
              <span className="flex justify-between gap-3">
                <span>{step.name}</span>
                <span className="tabular-nums">
                  {number(step.count)} <Share step={step} />
                </span>
              </span>
              <span aria-hidden className="mt-1 block h-2 rounded bg-muted">
                <span
                  className="block h-2 rounded bg-primary"
                  style={{ width: `${(step.count / most) * 100}%` }}
                />
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <Skeleton className="h-52" />
      )}
    </Card>
  )
}

function Share({ step }: { step: Step }) {
  const share = shareOf(step)
  if (share === undefined) return null
  return (
    <span className="text-muted-foreground">
      {(step.before ?? 0) < FEW
        ? t('too few for a rate')
        : t('{share} of the step before', { share: percent(share) })}
    </span>
  )
}

const shareOf = ({ count, before }: Step): number | undefined =>
  before ? count / before : undefined

function stepsOf(totals: Readonly<Record<string, number>>): Step[] {
  const names = [
    [t('Sent'), 'sent'],
    [t('Delivered'), 'delivered'],
    [t('Opened'), 'opened_unique_human'],
    [t('Clicked'), 'clicked_unique_human'],
    [t('Answered'), 'replied'],
  ] as const
  const counts = names.map(([, metric]) => totals[metric] ?? 0)
  return names.map(([name], at) => ({ name, count: counts[at] ?? 0, before: counts[at - 1] }))
}
