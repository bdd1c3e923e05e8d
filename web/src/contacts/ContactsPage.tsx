/** People: search, import, export, and each as a page of its own. */
import { Link, useNavigate } from '@tanstack/react-router'
import { Download, Upload, UserPlus } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { addressOf, type Row } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { useEscape } from '../lib/useEscape.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { TextField } from '../ui/Field.tsx'
import { Page } from '../ui/Page.tsx'
import { Code, Text, When } from '../ui/Small.tsx'
import { Empty, NoMatch } from '../ui/States.tsx'
import { ImportDialog } from './ImportDialog.tsx'
import { NewContact } from './NewContact.tsx'

type Contact = Row<'/contacts'>

export function ContactsPage() {
  const [{ q, tag, import: importing, add }, setUrl] = useUrl(['q', 'tag', 'import', 'add'])
  const [text, setText] = useState(q)
  useEffect(() => setText(q), [q])
  const filters = { ...(q ? { q } : {}), ...(tag ? { tag } : {}) }
  const query = useList('/contacts', filters)
  const mayWrite = useMay('contacts:write')
  const navigate = useNavigate()
  function handleSearch(event: FormEvent) {
    event.preventDefault()
    setUrl({ q: text.trim() }, true)
  }
  const clear = () => setUrl({ q: '', tag: '' }, true)
  useEscape(q !== '' || tag !== '', clear)
  const columns = [
    {
      id: 'name',
      title: t('Name'),
      cell: (contact: Contact) => (
        <Link to={`/contacts/${contact.id}`} className="font-medium hover:underline">
          <Text>{contact.name ?? contact.external_id ?? contact.email ?? contact.id}</Text>
        </Link>
      ),
    },
    { id: 'email', title: t('Email'), cell: ({ email }: Contact) => email && <Code>{email}</Code> },
    {
      id: 'phone',
      title: t('Phone'),
      wide: true,
      cell: ({ phone }: Contact) => phone && <Code>{phone}</Code>,
    },
    {
      id: 'tags',
      title: t('Tags'),
      wide: true,
      cell: ({ tags }: Contact) => (
        <span className="flex flex-wrap gap-1">
          {tags.map((each) => (
            <button
              key={each}
              type="button"
              onClick={(event) => {
                event.stopPropagation()
                setUrl({ tag: each }, true)
              }}
            >
              <Badge>
                <bdi>{each}</bdi>
              </Badge>
            </button>
          ))}
        </span>
      ),
    },
    {
      id: 'at',
      title: t('Changed'),
      end: true,
      wide: true,
      cell: ({ updated_at }: Contact) => <When at={updated_at} />,
    },
  ]
  return (
    <Page
      title={t('Contacts')}
      actions={
        <>
          <Button asChild>
            <a href={addressOf('/contacts/export.csv', {}, filters)} download>
              <Download /> {t('Export as CSV')}
            </a>
          </Button>
          {mayWrite && (
            <>
              <Button onClick={() => setUrl({ import: '1' }, true)}>
                <Upload /> {t('Import')}
              </Button>
              <Button look="primary" onClick={() => setUrl({ add: '1' }, true)}>
                <UserPlus /> {t('New contact')}
              </Button>
            </>
          )}
        </>
      }
    >
      <Card flush>
        <search>
          <form onSubmit={handleSearch} className="flex flex-wrap gap-3 border-b p-4">
            <TextField
              label={t('Search')}
              quiet
              type="search"
              className="min-w-52 flex-1"
              placeholder={t('Name, address, id…')}
              value={text}
              dir="auto"
              onChange={(event) => setText(event.target.value)}
            />
            <Button type="submit">{t('Search')}</Button>
            {tag && (
              <Button onClick={() => setUrl({ tag: '' }, true)}>
                {t('Without the tag “{tag}”', { tag })}
              </Button>
            )}
          </form>
        </search>
        <PagedTable
          label={t('Contacts')}
          query={query}
          columns={columns}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: `/contacts/${id}` })}
          empty={
            q || tag ? (
              <NoMatch title={t('Nobody is like that.')} onClear={clear} />
            ) : (
              <Empty
                title={t('There are no contacts yet.')}
                note={t(
                  'They come with the first message or event, from a connector, or from a CSV file.',
                )}
                action={
                  mayWrite && (
                    <Button onClick={() => setUrl({ import: '1' }, true)}>{t('Import')}</Button>
                  )
                }
              />
            )
          }
        />
      </Card>
      {importing && <ImportDialog onClose={() => setUrl({ import: '' })} />}
      {add && (
        <NewContact
          onClose={() => setUrl({ add: '' })}
          onDone={(id) => void navigate({ to: `/contacts/${id}` })}
        />
      )}
    </Page>
  )
}
