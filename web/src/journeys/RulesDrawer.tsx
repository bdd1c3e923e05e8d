/** What a journey says beside its steps: its name, what it begins with, who leaves it and when it sends. */

import { type FormEvent, useMemo, useState } from 'react'
import { t } from '../lib/language.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { JsonFields, type JsonSchema } from '../ui/JsonFields.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { TakeOver } from '../ui/TakeOver.tsx'
import { controlsFor, fieldTexts } from './fields.tsx'
import { useStepCatalog } from './StepDrawer.tsx'
import type { Document } from './words.ts'

interface Props {
  readonly document: Document
  readonly faults: Readonly<Record<string, string>>
  readonly onClose: () => void
  readonly onDone: (document: Document) => void
}

export function RulesDrawer({ document, faults, onClose, onDone }: Props) {
  const catalog = useStepCatalog()
  const [value, setValue] = useState<Readonly<Record<string, unknown>>>(() => ({ ...document }))
  const controls = useMemo(() => controlsFor([]), [])
  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    onDone(value as Document) // the form has the document's own schema
  }
  return (
    <Dialog open side="end" title={t('Beginning and rules')} onClose={onClose}>
      {catalog.isError && <Failed error={catalog.error} onRetry={() => void catalog.refetch()} />}
      {catalog.isPending && <Loading />}
      {catalog.data && (
        <form onSubmit={handleSubmit} className="flex flex-col gap-4">
          <JsonFields
            schema={catalog.data.document as JsonSchema} // zod wrote it
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
