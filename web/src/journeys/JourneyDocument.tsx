/** The journey's document as JSON: for reading, and for those who would rather write it. */
import { lazy, Suspense, useEffect, useState } from 'react'
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
  /** Whether what is written says something else than the document, and is not taken over. */
  readonly onTyped?: (isTyped: boolean) => void
}

/** What is written, and the document that it was begun with. The code's editor begins anew with each `begun`. */
interface Written {
  readonly text: string
  readonly of: string
  readonly begun: number
}

const writtenOf = (document: Document, begun: number): Written => ({
  ...{ text: JSON.stringify(document, null, 2), of: JSON.stringify(document), begun },
})

export function JourneyDocument({ document, onChange, onTyped }: Props) {
  const [fault, setFault] = useState('')
  const [written, setWritten] = useState(() => writtenOf(document, 0))
  if (written.of !== JSON.stringify(document)) setWritten(writtenOf(document, written.begun + 1))
  const isTyped = packed(written.text) !== written.of
  useEffect(() => {
    onTyped?.(isTyped)
    return () => onTyped?.(false)
  }, [isTyped, onTyped])
  const work = async (body: Input) => {
    await post('/journeys/validate', { body })
    return body as Document // the server has just read it
  }
  // What is not well-formed cannot be drawn, so the server reads it first.
  const take = useAct(work, {
    quiet: true,
    done: t('Taken over into the draft.'),
    onDone: (taken) => {
      setWritten((now) => ({ ...now, of: JSON.stringify(taken) }))
      onChange?.(taken)
    },
  })
  function handleTake() {
    setFault('')
    try {
      take.mutate(JSON.parse(written.text) as Input) // the server says what is wrong with it
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
            key={written.begun}
            label={t('Document')}
            value={written.text}
            variables={[]}
            readOnly={!onChange}
            onChange={(text) => setWritten((now) => ({ ...now, text }))}
          />
        </Suspense>
      </div>
    </Card>
  )
}

/** The same JSON however it is laid out; what is no JSON yet as it is. */
function packed(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text
  }
}
