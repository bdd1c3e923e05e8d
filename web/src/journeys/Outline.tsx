/** The same journey as a list: for keyboards, screen readers and small screens. */

import { t, told } from '../lib/language.ts'
import { titled } from '../lib/said.ts'
import { Code, Text } from '../ui/Small.tsx'
import { AddStep } from './AddStep.tsx'
import type { Editing } from './editing.ts'
import { type Arrow, arrowsOf, END } from './graph.ts'
import { StepFigures } from './StepFigures.tsx'
import { StepTools } from './StepTools.tsx'
import { faultsAt } from './useFaults.ts'
import {
  type Document,
  type JourneyView,
  kinds,
  type Step,
  sayStep,
  sayTrigger,
  type Whom,
} from './words.ts'

interface Props {
  readonly document: Document
  readonly figures: JourneyView['steps']
  readonly edit?: Editing | undefined
  readonly onPeople?: ((step: string, whom: Whom) => void) | undefined
}

export function Outline({ document, figures, edit, onPeople }: Props) {
  const arrows = arrowsOf(document)
  return (
    <ol className="flex flex-col gap-3" aria-label={t('Steps')}>
      <li className="rounded-xl border bg-card p-4">
        <p className="text-sm text-muted-foreground">{t('Begins with')}</p>
        <p className="font-medium">
          <Text>{sayTrigger(document)}</Text>
        </p>
        {edit && (
          <AddStep
            label={t('Add a step after {step}', { step: t('the beginning') })}
            onChoose={(type) => edit.onInsert({ from: null, slot: 'next' }, type)}
          />
        )}
      </li>
      {document.steps.map((step, at) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: two may have the same name while it is written
          key={at}
          at={at}
          step={step}
          below={document.steps[at + 1]?.id ?? END}
          arrows={arrows.filter(({ from }) => from === step.id)}
          figure={figures.find((each) => each.step === step.id)}
          {...{ edit, onPeople }}
        />
      ))}
    </ol>
  )
}

interface LineProps extends Pick<Props, 'edit' | 'onPeople'> {
  readonly step: Step
  readonly at: number
  readonly below: string
  readonly arrows: readonly Arrow[]
  readonly figure: JourneyView['steps'][number] | undefined
}

function Line({ step, at, below, arrows, figure, edit, onPeople }: LineProps) {
  const faults = edit ? Object.entries(faultsAt(edit.faults, at)) : []
  return (
    <li
      className={`rounded-xl border bg-card p-4 ${faults.length > 0 ? 'border-destructive' : ''}`}
    >
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="text-sm text-muted-foreground">
            {at + 1}. {told(kinds[step.type])} · <Code>{step.id}</Code>
          </p>
          <p className="font-medium break-words">
            <Text>{step.title ? titled(step.title) : sayStep(step)}</Text>
          </p>
        </div>
        {edit && <StepTools id={step.id} edit={edit} />}
        {!edit && figure && <StepFigures {...{ figure }} onPeople={onPeople} />}
      </div>
      {faults.length > 0 && (
        <ul className="mt-2 text-sm text-destructive">
          {faults.map(([pointer, detail]) => (
            <li key={pointer}>
              {pointer && <Code>{pointer}</Code>} <Text>{detail}</Text>
            </li>
          ))}
        </ul>
      )}
      <Ways {...{ arrows, below, edit, step }} />
    </li>
  )
}

/** Where it leads: what is not simply the next line, and all of it while it is changed. */
function Ways({
  arrows,
  below,
  edit,
  step,
}: Pick<LineProps, 'arrows' | 'below' | 'edit' | 'step'>) {
  const shown = edit ? arrows : arrows.filter(({ label, to }) => label !== '' || to !== below)
  if (shown.length === 0) return null
  return (
    <ul className="mt-2 text-sm text-muted-foreground">
      {shown.map(({ to, label, way }) => (
        <li key={`${label} ${to}`} className="flex flex-wrap items-center gap-2">
          {(label || to !== below) && (
            <span>
              {label ? `${label}: ` : ''}
              {to === END ? t('the end') : <Code>{to}</Code>}
            </span>
          )}
          {edit && way && (
            <AddStep
              label={[t('Add a step after {step}', { step: step.id }), label]
                .filter(Boolean)
                .join(', ')}
              onChoose={(type) => edit.onInsert(way, type)}
            />
          )}
        </li>
      ))}
    </ul>
  )
}
