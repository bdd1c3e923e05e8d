/** A journey while somebody changes it: a draft beside the version in use, until it is published. */
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { ProblemError } from '../lib/problem.ts'
import { useUrl } from '../lib/url.ts'
import { Failed, Loading } from '../ui/States.tsx'
import { useDraft } from './draft.ts'
import { JourneyEditor } from './JourneyEditor.tsx'
import { Meanwhile, Published } from './Meanwhile.tsx'
import { useKeeping } from './useKeeping.ts'
import type { Document, JourneyView, KeptDraft } from './words.ts'

export function JourneyChanging({ journey }: { journey: JourneyView }) {
  const query = useQuery({
    queryKey: ['/journeys/{id}/draft', journey.id],
    queryFn: () => draftOf(journey.id),
    gcTime: 0, // it is begun with what is there now
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <Loading />
  return <Changing {...{ journey }} kept={query.data} />
}

/** Null when there is none. */
export const draftOf = (id: string): Promise<KeptDraft | null> =>
  get('/journeys/{id}/draft', { params: { id } }).catch((error: unknown) => {
    if (error instanceof ProblemError && error.problem.status === 404) return null
    throw error
  })

/** What is drawn copes with what is still missing of it. */
export const documentOf = ({ document }: KeptDraft): Document => document as Document

function Changing({ journey, kept }: { journey: JourneyView; kept: KeptDraft | null }) {
  const [, setUrl] = useUrl(['edit', 'tab', 'change'])
  const leave = () => setUrl({ edit: '', tab: '', change: '' })
  const draft = useDraft(journey, kept ? resumedOf(kept) : undefined)
  const keeping = useKeeping(draft, {
    ...{ id: journey.id, revision: kept?.revision ?? 0, isNew: false },
  })
  const publish = useAct(
    async () => {
      const seen = (await keeping.flush())?.revision
      return post('/journeys/{id}/publish', { params: { id: journey.id }, seen })
    },
    {
      refreshes: ['/journeys', '/journeys/{id}', '/journeys/{id}/versions', '/journey-drafts'],
      quiet: true,
      done: ({ version }) =>
        t('Version {version} is in use. Who is in it already goes on by the version before.', {
          version,
        }),
      onDone: leave,
    },
  )
  const drop = useAct(() => keeping.drop(), {
    refreshes: ['/journeys/{id}', '/journey-drafts'],
    onDone: leave,
  })
  return (
    <>
      <Meanwhile {...{ draft, keeping }} read={() => draftOf(journey.id)} />
      {draft.base.version !== journey.version && !publish.isPending && !publish.isSuccess && (
        <Published {...{ journey, draft }} />
      )}
      <JourneyEditor
        {...{ draft, keeping, journey }}
        figures={journey.steps}
        id={journey.id}
        pending={publish.isPending || drop.isPending}
        error={publish.error}
        onPublish={() => publish.mutate(undefined)}
        onDrop={() => drop.mutate(undefined)}
        onLeave={leave}
      />
    </>
  )
}

const resumedOf = (kept: KeptDraft) => ({ version: kept.based_on, document: documentOf(kept) })
