/** One person: who it is, what happened, what they agreed to, what we sent. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { searchOf, useUrl } from '../lib/url.ts'
import { languageName } from '../templates/locales.ts'
import { Badge } from '../ui/Badge.tsx'
import { Card } from '../ui/Card.tsx'
import { FailedPage } from '../ui/FailedPage.tsx'
import { Page } from '../ui/Page.tsx'
import { Code, Facts, Id, Text, When } from '../ui/Small.tsx'
import { Loading } from '../ui/States.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { ContactActions } from './ContactActions.tsx'
import { ContactAddresses } from './ContactAddresses.tsx'
import { ContactConsents } from './ContactConsents.tsx'
import { ContactLinks } from './ContactLinks.tsx'
import { ContactTimeline } from './ContactTimeline.tsx'

export function ContactPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string } // its route says so
  const [{ tab }, setTab] = useUrl(['tab'])
  const query = useQuery({
    queryKey: ['/contacts/{id}', id],
    queryFn: () => get('/contacts/{id}', { params: { id } }),
  })
  useActivity({ contact_id: id }, () => void refresh('/contacts/{id}/timeline'))
  const contact = query.data
  if (query.isError)
    return (
      <FailedPage
        error={query.error}
        onRetry={() => void query.refetch()}
        to="/contacts"
        others={t('Contacts')}
      />
    )
  if (!contact) return <Loading />
  return (
    <Page
      title={contact.name ?? contact.external_id ?? contact.email ?? t('A contact without a name')}
      actions={<ContactActions contact={contact} />}
    >
      <div className="grid items-start gap-5 grid-cols-1 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Card>
          <Tabs
            label={t('Parts of the contact')}
            value={tab || 'timeline'}
            onChange={(next) => setTab({ tab: next })}
            tabs={[
              {
                id: 'timeline',
                title: t('What happened'),
                body: <ContactTimeline id={id} />,
              },
              { id: 'consents', title: t('Consents'), body: <ContactConsents id={id} /> },
            ]}
          />
        </Card>
        <div className="flex min-w-0 flex-col gap-5 max-lg:order-first">
          <ContactAddresses contact={contact} />
          <ContactLinks id={contact.id} />
          <Card title={t('Details')}>
            <Facts
              facts={[
                [t('Id'), <Id key="id">{contact.id}</Id>],
                [
                  t('Messages'),
                  <span key="messages" className="flex flex-wrap gap-x-3">
                    <MessagesLink to={contact.external_id ?? contact.id}>
                      {t('All of them')}
                    </MessagesLink>
                    <MessagesLink to={contact.external_id ?? contact.id} status="scheduled">
                      {t('Those that will come')}
                    </MessagesLink>
                  </span>,
                ],
                ...contact.identities.map(
                  ({ source, external_id }) =>
                    [
                      source === 'api' ? t('Your own id') : source,
                      <Id key={source}>{external_id}</Id>,
                    ] as const,
                ),
                [t('Language'), contact.locale && languageName(contact.locale)],
                [t('Time zone'), contact.time_zone && <Code>{contact.time_zone}</Code>],
                [
                  t('Tags'),
                  contact.tags.length > 0 && (
                    <span className="flex flex-wrap gap-1">
                      {contact.tags.map((tag) => (
                        <Badge key={tag}>{tag}</Badge>
                      ))}
                    </span>
                  ),
                ],
                [t('Since'), <When key="since" at={contact.created_at} exact />],
                ...Object.entries(contact.traits).map(
                  ([name, value]) =>
                    [
                      name,
                      <Text key={name}>
                        {typeof value === 'string' ? value : JSON.stringify(value)}
                      </Text>,
                    ] as const,
                ),
              ]}
            />
          </Card>
        </div>
      </div>
    </Page>
  )
}

function MessagesLink({ to, status, children }: { to: string; status?: string; children: string }) {
  return (
    <Link
      to="/messages"
      search={searchOf({ recipient_id: to, ...(status ? { status } : {}) })}
      className="inline-block py-0.5 text-primary underline-offset-4 hover:underline"
    >
      {children}
    </Link>
  )
}
