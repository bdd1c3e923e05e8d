/** A step's fields. */
import { useMemo } from 'react'
import { told } from '../lib/language.ts'
import { controlsFor } from './fields.tsx'
import { SchemaDrawer } from './SchemaDrawer.tsx'
import { type Document, kinds, type Step } from './words.ts'

interface Props {
  readonly document: Document
  readonly step: Step
  readonly faults: Readonly<Record<string, string>>
  readonly onClose: () => void
  readonly onDone: (step: Step) => void
}

export function StepDrawer({ document, step, ...rest }: Props) {
  const others = useMemo(
    () => document.steps.map(({ id }) => id).filter((id) => id !== step.id),
    [document, step],
  )
  const controls = useMemo(() => controlsFor(others), [others])
  return (
    <SchemaDrawer
      title={told(kinds[step.type])}
      part={step}
      schemaIn={({ data }) => data.find(({ type }) => type === step.type)?.schema}
      controls={controls}
      {...rest}
    />
  )
}
