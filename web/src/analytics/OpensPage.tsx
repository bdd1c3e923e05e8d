/** Opens of mail, as document 000 asks: by date, by hour, by weekday, top leads, engagement. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { get } from '../lib/api.ts'
import { number, percent } from '../lib/format.ts'
import { locale, t } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { useUrl } from '../lib/url.ts'
import { Card } from '../ui/Card.tsx'
import { Chart } from '../ui/Chart.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { SelectField, TextField } from '../ui/Field.tsx'
import { Page } from '../ui/Page.tsx'
import { Code, Facts, Text, When } from '../ui/Small.tsx'
import { Empty, Failed, Loading, Skeleton } from '../ui/States.tsx'

type Source = 'close' | 'all'

export function OpensPage() {
  const [{ source, date }, setUrl] = useUrl(['source', 'date'])
  const from: Source = source === 'close' ? 'close' : 'all'
  useActivity(
    { names: 'email.opened,message.opened' },
    () => void refresh('/analytics/summary', '/analytics/recent'),
  )
  return (
    <Page
      title={t('Opens')}
      actions={
        <SelectField
          label={t('Source')}
          quiet
          value={from}
          options={[
            ['all', t('All mail')],
            ['close', t('Mail from Close')],
          ]}
          onChange={(event) => setUrl({ source: event.target.value })}
        />
      }
    >
      <Summary source={from} />
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-2">
        <ByHour source={from} />
        <ByWeekday source={from} />
      </div>
      <div className="grid items-start grid-cols-1 gap-5 lg:grid-cols-2">
        <TopLeads source={from} />
        <Engagement source={from} />
      </div>
      <ByDate source={from} date={date} onDate={(next) => setUrl({ date: next })} />
    </Page>
  )
}

function Summary({ source }: { source: Source }) {
  const { data } = useQuery({
    queryKey: ['/analytics/summary', source],
    queryFn: () => get('/analytics/summary', { query: { source } }),
  })
  const figures = data && [
    [t('Opens in all'), data.total_opens],
    [t('Emails opened'), data.unique_emails],
    [t('Leads who opened'), data.unique_leads],
    [t('Opens today'), data.opens_today],
    [t('By machines, left out'), data.machine_opens],
  ]
  return (
    <ul className="grid grid-cols-2 gap-3 md:grid-cols-5">
      {(figures ?? Array.from({ length: 5 }, () => null)).map((figure, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: always the same five
        <li key={at} className="rounded-xl border bg-card p-4">
          {figure ? (
            <>
              <p className="text-sm text-muted-foreground">{figure[0]}</p>
              <p className="text-2xl font-semibold tabular-nums">{number(Number(figure[1]))}</p>
            </>
          ) : (
            <Skeleton className="h-14" />
          )}
        </li>
      ))}
    </ul>
  )
}

function ByHour({ source }: { source: Source }) {
  const { data, error } = useQuery({
    queryKey: ['/analytics/by-time', source],
    queryFn: () => get('/analytics/by-time', { query: { source } }),
  })
  const drawn = useMemo(() => {
    const hours = new Intl.DateTimeFormat(locale(), {
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'UTC',
    })
    return (
      data && {
        labels: data.data.map(({ hour }) => hours.format(Date.UTC(2026, 0, 1, hour))),
        series: [{ name: t('Opens'), values: data.data.map(({ opens }) => opens) }],
      }
    )
  }, [data])
  return (
    <Card title={t('By hour')} note={data && t('Hours of {zone}', { zone: data.time_zone })}>
      {error ? (
        <Failed error={error} />
      ) : drawn ? (
        <Chart title={t('By hour')} kind="bar" {...drawn} />
      ) : (
        <Skeleton className="h-64" />
      )}
    </Card>
  )
}

function ByWeekday({ source }: { source: Source }) {
  const { data, error } = useQuery({
    queryKey: ['/analytics/by-day', source],
    queryFn: () => get('/analytics/by-day', { query: { source } }),
  })
  const drawn = useMemo(() => {
    const names = new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' })
    const order = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
    const nameOf = (day: string) => {
      const at = order.indexOf(day.toLowerCase())
      return at < 0 ? day : names.format(Date.UTC(2026, 0, 4 + at)) // 4 January 2026 was a Sunday
    }
    return (
      data && {
        labels: data.data.map(({ day }) => nameOf(day)),
        series: [{ name: t('Opens'), values: data.data.map(({ opens }) => opens) }],
      }
    )
  }, [data])
  return (
    <Card title={t('By weekday')} note={data && t('Days of {zone}', { zone: data.time_zone })}>
      {error ? (
        <Failed error={error} />
      ) : drawn ? (
        <Chart title={t('By weekday')} kind="bar" {...drawn} />
      ) : (
        <Skeleton className="h-64" />
      )}
    </Card>
  )
}

function TopLeads({ source }: { source: Source }) {
  const { data, error } = useQuery({
    queryKey: ['/analytics/top-leads', source],
    queryFn: () => get('/analytics/top-leads', { query: { source, limit: 10 } }),
  })
  return (
    <Card title={t('Leads who open most')} flush>
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

function Engagement({ source }: { source: Source }) {
  const { data, error } = useQuery({
    queryKey: ['/analytics/engagement', source],
    queryFn: () => get('/analytics/engagement', { query: { source } }),
  })
  const share = (value: number | null) =>
    value === null ? '–' : percent(value > 1 ? value / 100 : value)
  const mean = (value: number | null) => (value === null ? '–' : number(value))
  return (
    <Card title={t('Engagement')}>
      {error && <Failed error={error} />}
      {!error && !data && <Skeleton className="h-40" />}
      {data && (
        <Facts
          facts={[
            [t('Emails sent'), number(data.emails_sent)],
            [t('Emails opened'), number(data.emails_opened)],
            [t('Open rate'), share(data.open_rate)],
            [t('Opens per email'), mean(data.avg_opens_per_email)],
            [t('Opens per lead'), mean(data.avg_opens_per_lead)],
            [t('Replies'), number(data.reply_count)],
            [t('Reply rate'), share(data.response_rate)],
            [t('Minutes to the first open (median)'), mean(data.median_minutes_to_open)],
          ]}
        />
      )}
    </Card>
  )
}

function ByDate({
  source,
  date,
  onDate,
}: {
  source: Source
  date: string
  onDate: (date: string) => void
}) {
  const { data, error } = useQuery({
    queryKey: ['/analytics/by-date', source, date],
    queryFn: () => get('/analytics/by-date', { query: { source, ...(date ? { date } : {}) } }),
  })
  return (
    <Card
      title={t('One day')}
      note={
        data &&
        t('{count, plural, one {# open} other {# opens}} in {zone}', {
          count: data.total_opens,
          zone: data.time_zone,
        })
      }
      actions={
        <TextField
          label={t('Day')}
          quiet
          type="date"
          value={date || (data?.date ?? '')}
          onChange={(event) => onDate(event.target.value)}
        />
      }
      flush
    >
      {error && <Failed error={error} />}
      {!error && !data && <Loading />}
      {data?.opens.length === 0 && <Empty title={t('Nothing was opened on that day.')} />}
      {data && data.opens.length > 0 && (
        <DataTable
          label={t('One day')}
          rows={data.opens}
          keyOf={({ id }) => String(id)}
          columns={[
            {
              id: 'lead',
              title: t('Lead'),
              cell: ({ lead_name, lead_id }) => <Text>{lead_name ?? lead_id ?? '–'}</Text>,
            },
            {
              id: 'recipient',
              title: t('To'),
              cell: ({ recipient }) => recipient && <Code>{recipient}</Code>,
            },
            {
              id: 'subject',
              title: t('Subject'),
              wide: true,
              cell: ({ subject }) => subject && <Text>{subject}</Text>,
            },
            {
              id: 'count',
              title: t('Opens'),
              end: true,
              cell: ({ opens_count }) => number(opens_count),
            },
            {
              id: 'at',
              title: t('When'),
              end: true,
              cell: ({ opened_at }) => <When at={opened_at} exact />,
            },
          ]}
        />
      )}
    </Card>
  )
}
