/** A new journey, from nothing, from another (`?from=`), or one that is written already (`?draft=`). */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { Page } from '../ui/Page.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { useDraft } from './draft.ts'
import { documentOf, draftOf } from './JourneyChanging.tsx'
import { JourneyEditor } from './JourneyEditor.tsx'
import { Meanwhile } from './Meanwhile.tsx'
import { useKeeping } from './useKeeping.ts'
import type { Document, KeptDraft } from './words.ts'

const blank: Document = {
  name: 'new-journey',
  trigger: { events: ['user.joined'] },
  steps: [{ id: 'welcome', type: 'send', channel: 'email', content: { subject: '', text: '' } }],
}

export function NewJourneyPage() {
  const [{ from, draft }] = useUrl(['from', 'draft'])
  // What it is begun with stays when the address names the draft that it has become.
  const [begins] = useState({ from, draft })
  const query = useQuery({
    queryKey: ['/journeys/new', begins],
    queryFn: () => beginningOf(begins),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Loading />
  return <Making {...query.data} />
}

interface Beginning {
  readonly begins: Document
  readonly kept: KeptDraft | null
}

async function beginningOf({ from, draft }: { from: string; draft: string }): Promise<Beginning> {
  if (draft) {
    const kept = await get('/journeys/{id}/draft', { params: { id: draft } })
    return { begins: documentOf(kept), kept }
  }
  if (!from) return { begins: blank, kept: null }
  const { document } = await get('/journeys/{id}', { params: { id: from } })
  return { begins: { ...document, name: `${document.name}-copy` }, kept: null }
}

function Making({ begins, kept }: Beginning) {
  const [{ draft: id }, setUrl] = useUrl(['draft', 'from'])
  const draft = useDraft({ version: 0, document: begins }, undefined)
  const keeping = useKeeping(draft, {
    ...{ id: kept?.id, revision: kept?.revision ?? 0, isNew: true },
    onKept: (made) => setUrl({ draft: made, from: '' }),
  })
  const navigate = useNavigate()
  const publish = useAct(() => published(keeping.flush, draft.document), {
    refreshes: ['/journeys', '/journey-drafts'],
    quiet: true,
    done: t('The journey is there, as a draft. Switch it on when it is ready.'),
    onDone: (made) => void navigate({ to: `/journeys/${made}` }),
  })
  const leave = () => void navigate({ to: '/journeys' })
  const drop = useAct(() => keeping.drop(), { refreshes: ['/journey-drafts'], onDone: leave })
  return (
    <Page title={t('A new journey')}>
      <Meanwhile {...{ draft, keeping }} read={() => (id ? draftOf(id) : Promise.resolve(null))} />
      <JourneyEditor
        {...{ draft, keeping }}
        figures={[]}
        {...(id ? { id } : {})}
        pending={publish.isPending || drop.isPending}
        error={publish.error}
        onPublish={() => publish.mutate(undefined)}
        onDrop={() => drop.mutate(undefined)}
        onLeave={leave}
      />
    </Page>
  )
}

/** What was begun with and not touched has never been kept. */
async function published(
  flush: () => Promise<{ id: string; revision: number } | undefined>,
  document: Document,
): Promise<string> {
  const kept = await flush()
  if (!kept) return (await post('/journeys', { body: document })).id
  const { id, revision: seen } = kept
  return (await post('/journeys/{id}/publish', { params: { id }, seen })).id
}
