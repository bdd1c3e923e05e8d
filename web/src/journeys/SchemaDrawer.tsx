/** A part of a journey in a drawer: a form made from the part's own schema, with what is wrong at each field. */
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Answer, get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { JsonFields } from '../ui/JsonFields.tsx'
import type { Controls, JsonSchema } from '../ui/jsonSchema.ts'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { TakeOver } from '../ui/TakeOver.tsx'
import { useLeaving } from '../ui/useLeaving.tsx'
import { fieldTexts } from './fieldWords.ts'

interface Props<Part extends object> {
  readonly title: string
  readonly part: Part
  /** The part's schema; the server has it. */
  readonly schemaIn: (catalog: Answer<'/journey-steps'>) => unknown
  readonly controls: Controls
  readonly faults: Readonly<Record<string, string>>
  readonly onClose: () => void
  readonly onDone: (part: Part) => void
}

export function SchemaDrawer<Part extends object>({
  title,
  part,
  schemaIn,
  controls,
  faults,
  onClose,
  onDone,
}: Props<Part>) {
  const catalog = useQuery({
    queryKey: ['/journey-steps'],
    queryFn: () => get('/journey-steps'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [value, setValue] = useState<Readonly<Record<string, unknown>>>(() =>
    Object.fromEntries(Object.entries(part)),
  )
  const [isTyped, setTyped] = useState(false)
  const { leave, question } = useLeaving(isTyped, onClose)
  const schema = catalog.data && schemaIn(catalog.data)
  const handleInput = () => setTyped(true)
  function handleChange(next: typeof value) {
    setTyped(true) // a button of a field is no input
    setValue(next)
  }
  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    onDone(value as Part) // the form has the part's own schema
  }
  return (
    <Dialog
      open
      side="end"
      title={title}
      note={t('It goes into the draft; nothing is in use before that is published.')}
      onClose={leave}
    >
      {catalog.isError && <Failed error={catalog.error} onRetry={() => void catalog.refetch()} />}
      {catalog.isPending && <Loading />}
      {schema !== undefined && (
        <form onSubmit={handleSubmit} onInput={handleInput} className="flex flex-col gap-4">
          {faults[''] && <Note tone="bad">{faults['']}</Note>}
          <JsonFields
            schema={schema as JsonSchema} // zod wrote it
            value={value}
            controls={controls}
            texts={fieldTexts()}
            faults={faults}
            onChange={handleChange}
          />
          <TakeOver onLeave={leave} />
        </form>
      )}
      {question}
    </Dialog>
  )
}
