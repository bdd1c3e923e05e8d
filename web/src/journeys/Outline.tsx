/** The same journey as a list: for keyboards, screen readers and small screens. */

import { number } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { Button } from '../ui/Button.tsx'
import { Code, Text } from '../ui/Small.tsx'
import { arrowsOf, END } from './graph.ts'
import { type JourneyView, kinds, sayStep, sayTrigger } from './words.ts'

export function Outline({
  journey,
  onChoose,
}: {
  journey: JourneyView
  onChoose: (step: string) => void
}) {
  const { document } = journey
  const arrows = arrowsOf(document)
  const figures = new Map(journey.steps.map((step) => [step.step, step]))
  return (
    <ol className="flex flex-col gap-3">
      <li className="rounded-xl border bg-card p-4">
        <p className="text-sm text-muted-foreground">{t('Begins with')}</p>
        <p className="font-medium">
          <Text>{sayTrigger(document)}</Text>
        </p>
      </li>
      {document.steps.map((step, at) => {
        const figure = figures.get(step.id)
        const ways = arrows.filter(
          ({ from, label, to }) =>
            from === step.id && (label !== '' || to !== (document.steps[at + 1]?.id ?? END)),
        )
        return (
          <li key={step.id} className="rounded-xl border bg-card p-4">
            <div className="flex flex-wrap items-start justify-between gap-3">
              <div className="min-w-0">
                <p className="text-sm text-muted-foreground">
                  {at + 1}. {told(kinds[step.type])} · <Code>{step.id}</Code>
                </p>
                <p className="font-medium break-words">
                  <Text>{step.title ? said(step.title) : sayStep(step)}</Text>
                </p>
              </div>
              {figure && (
                <Button size="sm" onClick={() => onChoose(step.id)}>
                  {t('{entered} came, {waiting} are here', {
                    entered: number(figure.entered),
                    waiting: number(figure.waiting),
                  })}
                </Button>
              )}
            </div>
            {ways.length > 0 && (
              <ul className="mt-2 text-sm text-muted-foreground">
                {ways.map(({ to, label }) => (
                  <li key={`${label} ${to}`}>
                    {label ? `${label}: ` : ''}
                    {to === END ? t('the end') : <Code>{to}</Code>}
                  </li>
                ))}
              </ul>
            )}
          </li>
        )
      })}
    </ol>
  )
}
