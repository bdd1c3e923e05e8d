/** One journey: drawn, as a list, who is in it, what it would do, its versions; and changing it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { get } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { said, titled } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { searchOf, useUrl } from '../lib/url.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { FailedPage } from '../ui/FailedPage.tsx'
import { Page } from '../ui/Page.tsx'
import { Text, When } from '../ui/Small.tsx'
import { Loading, Note } from '../ui/States.tsx'
import { WhoChanged } from '../workspaces/WhoChanged.tsx'
import { JourneyChanging } from './JourneyChanging.tsx'
import { JourneyDeeds } from './JourneyDeeds.tsx'
import { JourneyParts } from './JourneyParts.tsx'
import { type JourneyView, states } from './words.ts'

/** What a run's next step changes: the figures, the lists, and the run that is open. */
const livingPaths = [
  ...['/journeys/{id}', '/journeys/{id}/runs', '/journeys/{id}/waiting'],
  '/journeys/{id}/runs/{run_id}',
]

export function JourneyPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string } // its route says so
  const query = useQuery({
    queryKey: ['/journeys/{id}', id],
    queryFn: () => get('/journeys/{id}', { params: { id } }),
  })
  useActivity({ names: 'journey.*' }, () => void refresh(...livingPaths))
  if (query.isError)
    return (
      <FailedPage
        error={query.error}
        onRetry={() => void query.refetch()}
        to="/journeys"
        others={t('Journeys')}
      />
    )
  const journey = query.data
  if (!journey) return <Loading />
  return <Journey key={journey.id} journey={journey} />
}

function Journey({ journey }: { journey: JourneyView }) {
  const [{ edit }, setUrl] = useUrl(['edit', 'tab'])
  const mayWrite = useMay('journeys:write')
  const isOwn = journey.origin === 'member'
  const [words, tone] = states[journey.status]
  return (
    <Page
      title={titled(journey.title ?? journey.name)}
      note={journey.document.description && titled(journey.document.description)}
      actions={
        <>
          {!edit && <WhoChanged id={journey.id} />}
          {mayWrite && isOwn && !edit && (
            <Button onClick={() => setUrl({ edit: '1', tab: '' }, true)}>
              {journey.draft ? t('Go on changing it') : t('Change it')}
            </Button>
          )}
          {mayWrite && !isOwn && (
            <Button asChild>
              <Link to="/journeys/new" search={searchOf({ from: journey.id })}>
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
      {!edit && journey.draft && <DraftNote draft={journey.draft} />}
      {journey.status_reason && <Note tone="warn">{said(journey.status_reason)}</Note>}
      {edit && mayWrite && isOwn ? (
        <JourneyChanging journey={journey} />
      ) : (
        <JourneyParts {...{ journey, mayWrite }} />
      )}
    </Page>
  )
}

/** What is being written beside the version in use. */
function DraftNote({ draft }: { draft: NonNullable<JourneyView['draft']> }) {
  const { saved_by_name: name, updated_at: at } = draft
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm">
      <Badge tone="info">{t('Draft')}</Badge>
      <Text>
        {name
          ? t('There is a draft that is not published, last changed by {name}.', { name })
          : t('There is a draft that is not published.')}
      </Text>
      <When at={at} />
    </p>
  )
}
