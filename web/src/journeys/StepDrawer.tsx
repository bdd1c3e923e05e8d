/** A step's fields, made from its schema, with what is wrong at each. */

import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useMemo, useState } from 'react'
import { get } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { JsonFields, type JsonSchema } from '../ui/JsonFields.tsx'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { TakeOver } from '../ui/TakeOver.tsx'
import { controlsFor, fieldTexts } from './fields.tsx'
import { type Document, kinds, type Step } from './words.ts'

export const useStepCatalog = () =>
  useQuery({
    queryKey: ['/journey-steps'],
    queryFn: () => get('/journey-steps'),
    staleTime: Number.POSITIVE_INFINITY,
  })

interface Props {
  readonly document: Document
  readonly step: Step
  readonly faults: Readonly<Record<string, string>>
  readonly onClose: () => void
  readonly onDone: (step: Step) => void
}

export function StepDrawer({ document, step, faults, onClose, onDone }: Props) {
  const catalog = useStepCatalog()
  const [value, setValue] = useState<Readonly<Record<string, unknown>>>(() => ({ ...step }))
  const others = useMemo(
    () => document.steps.map(({ id }) => id).filter((id) => id !== step.id),
    [document, step],
  )
  const controls = useMemo(() => controlsFor(others), [others])
  const schema = catalog.data?.data.find(({ type }) => type === step.type)?.schema
  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    onDone(value as Step) // the form has the step's own schema
  }
  return (
    <Dialog
      open
      side="end"
      title={told(kinds[step.type])}
      note={t('Nothing is saved before the journey is.')}
      onClose={onClose}
    >
      {catalog.isError && <Failed error={catalog.error} onRetry={() => void catalog.refetch()} />}
      {catalog.isPending && <Loading />}
      {schema && (
        <form onSubmit={handleSubmit} className="flex flex-col gap-4">
          {faults[''] && <Note tone="bad">{faults['']}</Note>}
          <JsonFields
            schema={schema as JsonSchema} // zod wrote it
            value={value}
            controls={controls}
            texts={fieldTexts()}
            faults={faults}
            onChange={setValue}
          />
          <TakeOver onLeave={onClose} />
        </form>
      )}
    </Dialog>
  )
}
