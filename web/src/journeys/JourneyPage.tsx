/** One journey: drawn, as a list, who is in it, what it would do, its versions; and changing it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useAct } from '../lib/act.ts'
import { get, put } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { said, titled } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Page } from '../ui/Page.tsx'
import { Failed, Loading, Note } from '../ui/States.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { type Draft, useDraft } from './draft.ts'
import { JourneyDeeds } from './JourneyDeeds.tsx'
import { JourneyDocument } from './JourneyDocument.tsx'
import { JourneyEditor } from './JourneyEditor.tsx'
import { JourneyRuns } from './JourneyRuns.tsx'
import { JourneySettings } from './JourneySettings.tsx'
import { JourneyVersions } from './JourneyVersions.tsx'
import { Simulation } from './Simulation.tsx'
import { viewsOf } from './views.tsx'
import { type JourneyView, states } from './words.ts'

export function JourneyPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string } // its route says so
  const query = useQuery({
    queryKey: ['/journeys/{id}', id],
    queryFn: () => get('/journeys/{id}', { params: { id } }),
  })
  useActivity({ names: 'journey.*' }, () => void refresh('/journeys/{id}', '/journeys/{id}/runs'))
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  const journey = query.data
  if (!journey) return <Loading />
  return <Journey key={journey.id} journey={journey} />
}

function Journey({ journey }: { journey: JourneyView }) {
  const [{ edit }, setUrl] = useUrl(['edit', 'tab'])
  const mayWrite = useMay('journeys:write')
  const draft = useDraft(journey.id, journey, edit !== '')
  const isOwn = journey.origin === 'member'
  const [words, tone] = states[journey.status]
  return (
    <Page
      title={titled(journey.title ?? journey.name)}
      note={journey.document.description && titled(journey.document.description)}
      actions={
        <>
          {mayWrite && isOwn && !edit && (
            <Button onClick={() => setUrl({ edit: '1', tab: '' }, true)}>
              {draft.isChanged ? t('Go on changing it') : t('Change it')}
            </Button>
          )}
          {mayWrite && !isOwn && (
            <Button asChild>
              <Link to="/journeys/new" search={{ from: journey.id } as never}>
                {t('Make a copy')}
              </Link>
            </Button>
          )}
          {!edit && <JourneyDeeds journey={journey} />}
        </>
      }
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
      {edit && mayWrite && isOwn ? (
        <Changing {...{ journey, draft }} />
      ) : (
        <Parts {...{ journey, draft }} mayWrite={mayWrite} />
      )}
    </Page>
  )
}

function Changing({ journey, draft }: { journey: JourneyView; draft: Draft }) {
  const [, setUrl] = useUrl(['edit', 'tab', 'change'])
  const leave = () => setUrl({ edit: '', tab: '', change: '' })
  const save = useAct(
    () => put('/journeys/{id}', { params: { id: journey.id }, body: draft.document }),
    {
      refreshes: ['/journeys', '/journeys/{id}', '/journeys/{id}/versions'],
      quiet: true,
      done: ({ version }) =>
        t('Saved as version {version}. Who is in it already goes on by the version before.', {
          version,
        }),
      onDone: (saved) => {
        draft.take(saved)
        leave()
      },
    },
  )
  return (
    <>
      {draft.isBehind && !save.isPending && <Meanwhile {...{ journey, draft }} />}
      <JourneyEditor
        draft={draft}
        figures={journey.steps}
        id={journey.id}
        save={t('Save as version {version}', { version: journey.version + 1 })}
        pending={save.isPending}
        error={save.error}
        onSave={() => save.mutate(undefined)}
        onLeave={() => {
          draft.take(journey)
          leave()
        }}
      />
    </>
  )
}

/** Two people at one journey: whose goes on is asked, and nothing is lost before. */
function Meanwhile({ journey, draft }: { journey: JourneyView; draft: Draft }) {
  const { version } = journey
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Note tone="warn">{t('Saved as version {version} by somebody meanwhile.', { version })}</Note>
      <Button onClick={() => draft.take(journey)}>{t('Take theirs')}</Button>
      <Button onClick={() => draft.keepOver(journey)}>{t('Go on with mine')}</Button>
    </div>
  )
}

interface PartsProps {
  readonly journey: JourneyView
  readonly draft: Draft
  readonly mayWrite: boolean
}

function Parts({ journey, draft, mayWrite }: PartsProps) {
  const [{ tab, step }, setUrl] = useUrl(['tab', 'step', 'edit'])
  const showStep = (chosen: string) =>
    setUrl(chosen ? { step: chosen, tab: 'runs' } : { step: '' }, true)
  const shown = { document: journey.document, figures: journey.steps, onChoose: showStep }
  return (
    <Tabs
      label={t('Parts of the journey')}
      value={tab || 'canvas'}
      onChange={(next) => setUrl({ tab: next })}
      tabs={[
        ...viewsOf(shown, step),
        {
          id: 'runs',
          title: t('Who is in it'),
          body: <JourneyRuns id={journey.id} step={step} onAll={() => setUrl({ step: '' })} />,
        },
        { id: 'simulate', title: t('Try it'), body: <Simulation id={journey.id} /> },
        ...(journey.settings.length > 0
          ? [
              {
                id: 'settings',
                title: t('Settings'),
                body: <JourneySettings journey={journey} mayWrite={mayWrite} />,
              },
            ]
          : []),
        {
          id: 'versions',
          title: t('Versions'),
          body: (
            <JourneyVersions
              journey={journey}
              onTake={
                mayWrite && journey.origin === 'member'
                  ? (document) => {
                      draft.change(document)
                      setUrl({ edit: '1', tab: '' }, true)
                    }
                  : undefined
              }
            />
          ),
        },
        {
          id: 'document',
          title: t('Document'),
          body: <JourneyDocument key={journey.version} document={journey.document} />,
        },
      ]}
    />
  )
}
