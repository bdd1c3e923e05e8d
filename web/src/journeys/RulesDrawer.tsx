/** What a journey says beside its steps: its name, what it begins with, who leaves it and when it sends. */
import { type FormEvent, useMemo, useState } from 'react'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { JsonFields, type JsonSchema } from '../ui/JsonFields.tsx'
import { Failed, Loading } from '../ui/States.tsx'
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
          <div className="sticky bottom-0 flex justify-end gap-2 border-t bg-card pt-4">
            <Button onClick={onClose}>{t('Leave it')}</Button>
            <Button look="primary" type="submit">
              {t('Take it over')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
