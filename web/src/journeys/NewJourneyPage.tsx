/** A new journey, from nothing or from another (`?from=`). */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useAct } from '../lib/act.ts'
import { get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Page } from '../ui/Page.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { useDraft } from './draft.ts'
import { JourneyEditor } from './JourneyEditor.tsx'
import type { Document } from './words.ts'

const blank: Document = {
  name: 'new-journey',
  trigger: { events: ['user.joined'] },
  steps: [{ id: 'welcome', type: 'send', channel: 'email', content: { subject: '', text: '' } }],
}

export function NewJourneyPage() {
  const [{ from }] = useUrl(['from'])
  const query = useQuery({
    queryKey: ['/journeys/{id}', from],
    queryFn: () => get('/journeys/{id}', { params: { id: from } }),
    enabled: from !== '',
  })
  // One tab may be used by several people, and by one in several workspaces.
  const me = useMe()
  if (!me) return <Loading />
  const own = `new.${me.workspace.id}.${me.member?.id}`
  if (from === '') return <Making key={own} begins={blank} of={own} />
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Loading />
  const { document } = query.data
  const of = `${own}.${from}`
  return <Making key={of} begins={{ ...document, name: `${document.name}-copy` }} of={of} />
}

function Making({ begins, of }: { begins: Document; of: string }) {
  const saved = { version: 0, document: begins }
  const draft = useDraft(of, saved, true)
  const navigate = useNavigate()
  const save = useAct(() => post('/journeys', { body: draft.document }), {
    refreshes: ['/journeys'],
    quiet: true,
    done: t('The journey is there, as a draft. Switch it on when it is ready.'),
    onDone: ({ id }) => {
      draft.take(saved)
      void navigate({ to: `/journeys/${id}` })
    },
  })
  return (
    <Page title={t('A new journey')}>
      <JourneyEditor
        draft={draft}
        figures={[]}
        save={t('Make it')}
        isNew
        pending={save.isPending}
        error={save.error}
        onSave={() => save.mutate(undefined)}
        onLeave={() => {
          draft.take(saved)
          void navigate({ to: '/journeys' })
        }}
      />
    </Page>
  )
}
