/** Who opens most, and how much is opened and answered. */
import { useQuery } from '@tanstack/react-query'
import { get, type Row } from '../lib/api.ts'
import { mean, number, percent } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Card } from '../ui/Card.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { type CsvColumn, SaveList } from '../ui/SaveList.tsx'
import { Facts, Text, When } from '../ui/Small.tsx'
import { Empty, Failed, Loading, Skeleton } from '../ui/States.tsx'
import type { Source } from './OpensPage.tsx'

type Lead = Row<'/analytics/top-leads'>

export function TopLeads({ source }: { source: Source }) {
  const { data, error } = useQuery({
    queryKey: ['/analytics/top-leads', source],
    queryFn: () => get('/analytics/top-leads', { query: { source, limit: 10 } }),
  })
  return (
    <Card
      title={t('Leads who open most')}
      actions={
        data && <SaveList title={t('Leads who open most')} columns={file()} rows={data.data} />
      }
      flush
    >
      {error && <Failed error={error} />}
      {!error && !data && <Loading />}
      {data?.data.length === 0 && <Empty title={t('Nobody has opened anything yet.')} />}
      {data && data.data.length > 0 && (
        <DataTable
          label={t('Leads who open most')}
          rows={data.data}
          keyOf={({ lead_id }) => lead_id}
          columns={[
            {
              id: 'name',
              title: t('Lead'),
              cell: ({ lead_name, lead_id }) => <Text>{lead_name ?? lead_id}</Text>,
            },
            {
              id: 'opens',
              title: t('Opens'),
              end: true,
              cell: ({ opens_count }) => number(opens_count),
            },
            { id: 'emails', title: t('Emails'), end: true, cell: ({ emails }) => number(emails) },
            {
              id: 'at',
              title: t('Last'),
              end: true,
              cell: ({ last_opened_at }) => last_opened_at && <When at={last_opened_at} />,
            },
          ]}
        />
      )}
    </Card>
  )
}

const file = (): readonly CsvColumn<Lead>[] => [
  [t('Lead'), ({ lead_name, lead_id }) => lead_name ?? lead_id],
  [t('Id'), ({ lead_id }) => lead_id],
  [t('Opens'), ({ opens_count }) => opens_count],
  [t('Emails'), ({ emails }) => emails],
  [t('Last'), ({ last_opened_at }) => last_opened_at],
]

export function Engagement({ source }: { source: Source }) {
  const { data, error } = useQuery({
    queryKey: ['/analytics/engagement', source],
    queryFn: () => get('/analytics/engagement', { query: { source } }),
  })
  const meanOf = (value: number | null) => (value === null ? '–' : mean(value))
  return (
    <Card title={t('Engagement')}>
      {error && <Failed error={error} />}
      {!error && !data && <Skeleton className="h-40" />}
      {data && (
        <Facts
          facts={[
            [t('Emails sent'), number(data.emails_sent)],
            [t('Emails opened'), number(data.emails_opened)],
            [t('Open rate'), <Share key="opens" value={data.open_rate} sent={data.emails_sent} />],
            [t('Opens per email'), meanOf(data.avg_opens_per_email)],
            [t('Opens per lead'), meanOf(data.avg_opens_per_lead)],
            [t('Replies'), number(data.reply_count)],
            [
              t('Reply rate'),
              <Share key="replies" value={data.response_rate} sent={data.emails_sent} />,
            ],
            [t('Minutes to the first open (median)'), meanOf(data.median_minutes_to_open)],
          ]}
        />
      )}
    </Card>
  )
}

const FEW = 20 // mails; a share of fewer says nothing

function Share({ value, sent }: { value: number | null; sent: number }) {
  const isSmall = value === null || sent < FEW
  return (
    <span className={isSmall ? 'text-muted-foreground' : ''}>
      {value === null ? '–' : percent(value)}{' '}
      <span className="text-muted-foreground">
        {isSmall
          ? t('of {count} sent: too few for a rate', { count: number(sent) })
          : t('of {count} sent', { count: number(sent) })}
      </span>
    </span>
  )
}
