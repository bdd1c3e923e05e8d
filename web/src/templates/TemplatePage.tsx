/** One template: its text in each language, how it looks for somebody, its versions. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useAct } from '../lib/act.ts'
import { get, remove } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { refresh } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { channels } from '../messages/words.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { FailedPage } from '../ui/FailedPage.tsx'
import { Page } from '../ui/Page.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { WhoChanged } from '../workspaces/WhoChanged.tsx'
import type { Template } from './drafts.ts'
import { readKept } from './Meanwhile.tsx'
import { TemplateEditor } from './TemplateEditor.tsx'
import { TemplateVersions } from './TemplateVersions.tsx'

export function TemplatePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string } // its route says so
  const [{ tab }, setTab] = useUrl(['tab'])
  const query = useQuery({
    queryKey: ['/templates/{id}', id],
    queryFn: () => get('/templates/{id}', { params: { id } }),
  })
  const mayWrite = useMay('templates:write')
  const navigate = useNavigate()
  const drop = useAct(() => remove('/templates/{id}', { params: { id } }), {
    done: t('The template is removed.'),
    onDone: () => {
      void refresh('/templates')
      void navigate({ to: '/templates' })
    },
  })
  if (query.isError)
    return (
      <FailedPage
        error={query.error}
        onRetry={() => void query.refetch()}
        to="/templates"
        others={t('Templates')}
      />
    )
  const template = query.data
  if (!template) return <Loading />
  return (
    <Page
      title={template.name}
      note={t('{channel}, version {version}', {
        channel: told(channels[template.channel]),
        version: template.version,
      })}
      actions={
        <>
          <WhoChanged id={template.id} />
          {mayWrite && (
            <AskButton
              title={t('Remove the template “{name}”?', { name: template.name })}
              note={t('Its name is free again. Messages on their way keep what it said.')}
              act={t('Remove')}
              disabled={drop.isPending}
              onConfirm={() => drop.mutate(undefined)}
            />
          )}
        </>
      }
    >
      <Tabs
        label={t('Parts of the template')}
        value={tab || 'edit'}
        onChange={(next) => setTab({ tab: next })}
        tabs={[
          {
            id: 'edit',
            title: t('Text'),
            body: <Editing key={template.id} template={template} />,
          },
          {
            id: 'versions',
            title: t('Versions'),
            body: (
              <TemplateVersions key={template.id} id={template.id} version={template.version} />
            ),
          },
        ]}
      />
    </Page>
  )
}

/** The editor begins with what is kept now; later changes of it are told by Meanwhile. */
function Editing({ template }: { template: Template }) {
  const mayWrite = useMay('templates:write')
  const { id } = template
  const query = useQuery({
    queryKey: ['/templates/{id}/draft', id],
    queryFn: async () => (await readKept(id)) ?? null,
    ...{ staleTime: 0, gcTime: 0, refetchOnWindowFocus: false },
  })
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <Loading />
  // Who may not write sees what is in use.
  return <TemplateEditor template={template} kept={(mayWrite && query.data) || undefined} />
}
