/** One journey: drawn, as a list, who is in it, what it would do, and its document. */

import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Page } from '../ui/Page.tsx'
import { Failed, Loading, Note, Skeleton } from '../ui/States.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { JourneyDocument } from './JourneyDocument.tsx'
import { JourneyRuns } from './JourneyRuns.tsx'
import { Outline } from './Outline.tsx'
import { Simulation } from './Simulation.tsx'
import { type JourneyView, states } from './words.ts'

const Canvas = lazy(async () => ({ default: (await import('./Canvas.tsx')).Canvas }))

export function JourneyPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string } // its route says so
  const [{ tab, step }, setUrl] = useUrl(['tab', 'step'])
  const query = useQuery({
    queryKey: ['/journeys/{id}', id],
    queryFn: () => get('/journeys/{id}', { params: { id } }),
  })
  useActivity({ names: 'journey.*' }, () => void refresh('/journeys/{id}', '/journeys/{id}/runs'))
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  const journey = query.data
  if (!journey) return <Loading />
  const showStep = (chosen: string) =>
    setUrl(chosen ? { step: chosen, tab: 'runs' } : { step: '' }, true)
  const [words, tone] = states[journey.status]
  return (
    <Page
      title={said(journey.title ?? journey.name)}
      note={said(journey.document.description ?? '')}
      actions={<Deeds journey={journey} />}
    >
      <p className="flex flex-wrap items-center gap-3 text-sm">
        <Badge tone={tone}>{told(words)}</Badge>
        <span>
          {t('{count, plural, one {# person is} other {# people are}} in it now', {
            count: journey.live,
          })}
        </span>
        {journey.attention > 0 && (
          <Badge tone="bad">
            {t('{count} need attention', { count: number(journey.attention) })}
          </Badge>
        )}
      </p>
      {journey.status_reason && <Note tone="warn">{said(journey.status_reason)}</Note>}
      <Tabs
        label={t('Parts of the journey')}
        value={tab || 'canvas'}
        onChange={(next) => setUrl({ tab: next })}
        tabs={[
          {
            id: 'canvas',
            title: t('Drawn'),
            body: (
              <Suspense fallback={<Skeleton className="h-[32rem]" />}>
                <Canvas journey={journey} chosen={step} onChoose={showStep} />
              </Suspense>
            ),
          },
          {
            id: 'list',
            title: t('As a list'),
            body: <Outline journey={journey} onChoose={showStep} />,
          },
          {
            id: 'runs',
            title: t('Who is in it'),
            body: <JourneyRuns id={journey.id} step={step} onAll={() => setUrl({ step: '' })} />,
          },
          { id: 'simulate', title: t('Try it'), body: <Simulation id={journey.id} /> },
          { id: 'document', title: t('Document'), body: <JourneyDocument journey={journey} /> },
        ]}
      />
    </Page>
  )
}

function Deeds({ journey }: { journey: JourneyView }) {
  const params = { id: journey.id }
  const refreshes = ['/journeys', '/journeys/{id}']
  const mayWrite = useMay('journeys:write')
  const enable = useAct(() => post('/journeys/{id}/enable', { params }), {
    refreshes,
    done: t('The journey is on.'),
  })
  const pause = useAct(() => post('/journeys/{id}/pause', { params, body: {} }), {
    refreshes,
    done: t('The journey is paused. Those in it wait.'),
  })
  if (!mayWrite) return null
  return journey.status === 'active' ? (
    <Button disabled={pause.isPending} onClick={() => pause.mutate(undefined)}>
      {t('Pause')}
    </Button>
  ) : (
    <Button look="primary" disabled={enable.isPending} onClick={() => enable.mutate(undefined)}>
      {t('Switch it on')}
    </Button>
  )
}
