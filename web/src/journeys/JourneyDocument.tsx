/** The journey's document as JSON: change it, see what is wrong, save. The environment's own are read only. */

import { lazy, Suspense, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Body, post, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Code } from '../ui/Small.tsx'
import { Fault, Note, Skeleton } from '../ui/States.tsx'
import type { JourneyView } from './words.ts'

type Input = NonNullable<Body<'/journeys/{id}', 'put'>>
const CodeEditor = lazy(async () => ({
  default: (await import('../templates/CodeEditor.tsx')).CodeEditor,
}))

export function JourneyDocument({ journey }: { journey: JourneyView }) {
  const [text, setText] = useState(() => JSON.stringify(journey.document, null, 2))
  const [fault, setFault] = useState('')
  const mayWrite = useMay('journeys:write') && journey.origin === 'member'
  const validate = useAct((body: Input) => post('/journeys/validate', { body }), { quiet: true })
  const save = useAct(
    (body: Input) => put('/journeys/{id}', { params: { id: journey.id }, body }),
    {
      refreshes: ['/journeys', '/journeys/{id}'],
      quiet: true,
      done: t('Saved. Those in it stay where they are and go on by the new document.'),
    },
  )
  function withDocument(work: (body: Input) => void) {
    setFault('')
    try {
      work(JSON.parse(text) as Input) // the server checks it
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <Card
      title={t('Document')}
      note={
        journey.origin === 'environment'
          ? t('The environment made it; its settings are changed there.')
          : undefined
      }
      actions={
        mayWrite && (
          <>
            <Button onClick={() => withDocument((body) => validate.mutate(body))}>
              {t('Check it')}
            </Button>
            <Button
              look="primary"
              disabled={save.isPending}
              onClick={() => withDocument((body) => save.mutate(body))}
            >
              {t('Save')}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {fault && <Note tone="bad">{said(fault)}</Note>}
        <Fault error={save.error ?? validate.error} />
        {validate.data?.valid && (
          <Note tone="good">{t('All is well: it can be switched on.')}</Note>
        )}
        {validate.data && !validate.data.valid && (
          <ul className="rounded-md bg-destructive-soft p-3 text-sm text-destructive">
            {validate.data.errors.map(({ pointer, detail }) => (
              <li key={`${pointer} ${detail}`}>
                <Code>{pointer}</Code> <bdi>{said(detail)}</bdi>
              </li>
            ))}
          </ul>
        )}
        <Suspense fallback={<Skeleton className="h-80" />}>
          <CodeEditor
            label={t('Document')}
            value={text}
            variables={[]}
            readOnly={!mayWrite}
            onChange={setText}
          />
        </Suspense>
      </div>
    </Card>
  )
}
