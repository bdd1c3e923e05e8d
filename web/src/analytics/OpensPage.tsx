/** Opens of mail, as document 000 asks: by date, by hour, by weekday, by both, top leads, engagement. */
import { useQuery } from '@tanstack/react-query'
import { get } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh } from '../lib/query.ts'
import { useUrl } from '../lib/url.ts'
import { SelectField } from '../ui/Field.tsx'
import { Page } from '../ui/Page.tsx'
import { Failed, Skeleton } from '../ui/States.tsx'
import { OpensByDate } from './OpensByDate.tsx'
import { OpensByHour, OpensByWeek, OpensByWeekday } from './OpensCharts.tsx'
import { Engagement, TopLeads } from './OpensLeads.tsx'

export type Source = 'close' | 'all'
/** What the charts count: opens by people, or by machines too. */
export type Counted = 'human_opens' | 'opens'

export function OpensPage() {
  const [{ source, date, opens }, setUrl] = useUrl(['source', 'date', 'opens'])
  const from: Source = source === 'close' ? 'close' : 'all'
  const counted: Counted = opens === 'all' ? 'opens' : 'human_opens'
  useActivity(
    { names: 'email.opened,message.opened' },
    () => void refresh('/analytics/summary', '/analytics/recent'),
  )
  return (
    <Page
      title={t('Opens')}
      actions={
        <>
          <SelectField
            label={t('Opens in the charts')}
            quiet
            value={opens === 'all' ? 'all' : ''}
            options={[
              ['', t('Opens by people')],
              ['all', t('Opens in all, machines too')],
            ]}
            onChange={(event) => setUrl({ opens: event.target.value }, true)}
          />
          <SelectField
            label={t('Source')}
            quiet
            value={from}
            options={[
              ['all', t('All mail')],
              ['close', t('Mail from Close')],
            ]}
            onChange={(event) => setUrl({ source: event.target.value }, true)}
          />
        </>
      }
    >
      <Summary source={from} />
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-2">
        <OpensByHour source={from} counted={counted} />
        <OpensByWeekday source={from} counted={counted} />
      </div>
      <OpensByWeek source={from} counted={counted} />
      <div className="grid items-start grid-cols-1 gap-5 lg:grid-cols-2">
        <TopLeads source={from} />
        <Engagement source={from} />
      </div>
      <OpensByDate source={from} date={date} onDate={(next) => setUrl({ date: next }, true)} />
    </Page>
  )
}

function Summary({ source }: { source: Source }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['/analytics/summary', source],
    queryFn: () => get('/analytics/summary', { query: { source } }),
  })
  if (error) return <Failed error={error} onRetry={() => void refetch()} />
  const figures = data && [
    [t('Opens in all'), data.total_opens],
    [t('Emails opened'), data.unique_emails],
    [t('Leads who opened'), data.unique_leads],
    [t('Opens today'), data.opens_today],
    [t('Of all, by machines'), data.machine_opens],
  ]
  return (
    <ul className="grid grid-cols-2 gap-3 md:grid-cols-5">
      {(figures ?? Array.from({ length: 5 }, () => null)).map((figure, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: always the same five
        <li key={at} className="rounded-xl border bg-card p-4 max-md:last:col-span-2">
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
