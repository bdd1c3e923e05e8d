/** One template: its text in each language, how it looks for somebody, its versions. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { get } from '../lib/api.ts'
import { t, told } from '../lib/language.ts'
import { useUrl } from '../lib/url.ts'
import { channels } from '../messages/words.ts'
import { Page } from '../ui/Page.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { TemplateEditor } from './TemplateEditor.tsx'
import { TemplateVersions } from './TemplateVersions.tsx'

export function TemplatePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string } // its route says so
  const [{ tab }, setTab] = useUrl(['tab'])
  const query = useQuery({
    queryKey: ['/templates/{id}', id],
    queryFn: () => get('/templates/{id}', { params: { id } }),
  })
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  const template = query.data
  if (!template) return <Loading />
  return (
    <Page
      title={template.name}
      note={t('{channel}, version {version}', {
        channel: told(channels[template.channel]),
        version: template.version,
      })}
    >
      <Tabs
        label={t('Parts of the template')}
        value={tab || 'edit'}
        onChange={(next) => setTab({ tab: next })}
        tabs={[
          {
            id: 'edit',
            title: t('Text'),
            body: <TemplateEditor key={template.version} template={template} />,
          },
          {
            id: 'versions',
            title: t('Versions'),
            body: <TemplateVersions id={template.id} version={template.version} />,
          },
        ]}
      />
    </Page>
  )
}
