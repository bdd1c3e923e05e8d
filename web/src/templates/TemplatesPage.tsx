/** Templates: what messages say. */
import { Link, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Body, post, type Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t, told } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { channelOptions, channels } from '../messages/words.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Page } from '../ui/Page.tsx'
import { Text, When } from '../ui/Small.tsx'
import { Empty, Fault, NoMatch } from '../ui/States.tsx'

type Template = Row<'/templates'>

export function TemplatesPage() {
  const [{ q, channel: asked }, setUrl] = useUrl(['q', 'channel'])
  const channel = Object.hasOwn(channels, asked) ? asked : ''
  const [adding, setAdding] = useState(false)
  const query = useList('/templates', { ...(q ? { q } : {}), ...(channel ? { channel } : {}) })
  const mayWrite = useMay('templates:write')
  const navigate = useNavigate()
  const add = mayWrite && (
    <Button look="primary" onClick={() => setAdding(true)}>
      <Plus /> {t('New template')}
    </Button>
  )
  return (
    <Page title={t('Templates')} actions={add}>
      <Card flush>
        <search className="flex flex-wrap gap-3 border-b p-4">
          <TextField
            label={t('Search')}
            quiet
            type="search"
            placeholder={t('Name…')}
            defaultValue={q}
            dir="auto"
            className="min-w-52 flex-1"
            onChange={(event) => setUrl({ q: event.target.value })}
          />
          <SelectField
            label={t('Channel')}
            quiet
            value={channel}
            options={channelOptions()}
            onChange={(event) => setUrl({ channel: event.target.value }, true)}
          />
        </search>
        <PagedTable
          label={t('Templates')}
          query={query}
          keyOf={({ id }: Template) => id}
          onOpen={({ id }) => void navigate({ to: `/templates/${id}` })}
          columns={[
            {
              id: 'name',
              title: t('Name'),
              cell: ({ id, name, draft }) => (
                <span className="inline-flex flex-wrap items-center gap-2">
                  <Link to={`/templates/${id}`} className="font-medium hover:underline">
                    <Text>{name}</Text>
                  </Link>
                  {draft && <Badge tone="info">{t('Draft not published')}</Badge>}
                </span>
              ),
            },
            {
              id: 'channel',
              title: t('Channel'),
              cell: (template) => told(channels[template.channel]),
            },
            {
              id: 'version',
              title: t('Version'),
              end: true,
              wide: true,
              cell: ({ version }) => number(version),
            },
            {
              id: 'at',
              title: t('Changed'),
              end: true,
              cell: ({ updated_at }) => <When at={updated_at} />,
            },
          ]}
          empty={
            q || channel ? (
              <NoMatch
                title={t('No template is like that.')}
                onClear={() => setUrl({ q: '', channel: '' })}
              />
            ) : (
              <Empty
                title={t('There are no templates yet.')}
                note={t('A template says the same to many, each by name and in their language.')}
                action={add}
              />
            )
          }
        />
      </Card>
      {adding && (
        <NewTemplate
          onClose={() => setAdding(false)}
          onDone={(id) => void navigate({ to: `/templates/${id}` })}
        />
      )}
    </Page>
  )
}

type Input = NonNullable<Body<'/templates', 'post'>>

function NewTemplate({ onClose, onDone }: { onClose: () => void; onDone: (id: string) => void }) {
  const create = useAct((body: Input) => post('/templates', { body }), {
    refreshes: ['/templates'],
    quiet: true,
    onDone: ({ id }) => onDone(id),
  })
  const faults = fieldFaults(create.error)
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = String(form.get('name'))
    const channel = String(form.get('channel')) as Input['channel'] // one of the options
    const hello = '{{ name }}'
    const content =
      channel === 'email'
        ? {
            subject: t('Hello {name}', { name: hello }),
            html: `<p>${t('Hello {name}', { name: hello })},</p>\n<p>…</p>`,
          }
        : { text: t('Hello {name}', { name: hello }) }
    create.mutate({
      name,
      channel,
      ...content,
      variables: [{ name: 'name', required: false, default: '' }],
    })
  }
  return (
    <Dialog open onClose={onClose} title={t('New template')}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Fault error={create.error} />
        <TextField
          label={t('Name')}
          name="name"
          required
          dir="auto"
          fault={faults['name']}
          hint={t('Programs may call it by this name.')}
        />
        <SelectField
          label={t('Channel')}
          name="channel"
          defaultValue="email"
          options={channelOptions().filter(([id]) => id !== '')}
        />
        <Button look="primary" type="submit" disabled={create.isPending}>
          {t('Make it')}
        </Button>
      </form>
    </Dialog>
  )
}
