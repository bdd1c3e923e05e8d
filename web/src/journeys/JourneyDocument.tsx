/** The journey's document as JSON: for reading, and for those who would rather write it. */
import { lazy, Suspense, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Body, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Code, Text } from '../ui/Small.tsx'
import { Fault, Note, Skeleton } from '../ui/States.tsx'
import type { Document } from './words.ts'

type Input = Body<'/journeys/validate', 'post'>
const CodeEditor = lazy(async () => ({
  default: (await import('../templates/CodeEditor.tsx')).CodeEditor,
}))

interface Props {
  readonly document: Document
  /** Absent where it is only shown. */
  readonly onChange?: (document: Document) => void
}

export function JourneyDocument({ document, onChange }: Props) {
  const [fault, setFault] = useState('')
  const [text, setText] = useState(() => JSON.stringify(document, null, 2))
  // What is not well-formed cannot be drawn, so the server reads it first.
  const take = useAct((body: Input) => post('/journeys/validate', { body }), {
    quiet: true,
    done: t('Taken over. Nothing is saved before the journey is.'),
    onDone: () => onChange?.(JSON.parse(text) as Document), // the server has just read it
  })
  function handleTake() {
    setFault('')
    try {
      take.mutate(JSON.parse(text) as Input) // the server says what is wrong with it
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }
  const faults = Object.entries(fieldFaults(take.error))
  return (
    <Card
      title={t('Document')}
      actions={
        onChange && (
          <Button disabled={take.isPending} onClick={handleTake}>
            {t('Take it over')}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {fault && <Note tone="bad">{fault}</Note>}
        {faults.length === 0 && <Fault error={take.error} />}
        {faults.length > 0 && (
          <ul className="rounded-md bg-destructive-soft p-3 text-sm text-destructive">
            {faults.map(([pointer, detail]) => (
              <li key={pointer}>
                <Code>/{pointer}</Code> <Text>{detail}</Text>
              </li>
            ))}
          </ul>
        )}
        <Suspense fallback={<Skeleton className="h-80" />}>
          <CodeEditor
            label={t('Document')}
            value={text}
            variables={[]}
            readOnly={!onChange}
            onChange={setText}
          />
        </Suspense>
      </div>
    </Card>
  )
}
