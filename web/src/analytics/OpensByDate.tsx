/** Every open of one day. */
import { useQuery } from '@tanstack/react-query'
import { type Answer, get } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Card } from '../ui/Card.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { TextField } from '../ui/Field.tsx'
import { type CsvColumn, SaveList } from '../ui/SaveList.tsx'
import { Code, Text, When } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'
import type { Source } from './OpensPage.tsx'

type Open = Answer<'/analytics/by-date'>['opens'][number]

export function OpensByDate({
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
        <>
          {data && (
            <SaveList title={`${t('Opens')} ${data.date}`} columns={file()} rows={data.opens} />
          )}
          <TextField
            label={t('Day')}
            quiet
            type="date"
            value={date || (data?.date ?? '')}
            onChange={(event) => onDate(event.target.value)}
          />
        </>
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

const file = (): readonly CsvColumn<Open>[] => [
  [t('Lead'), ({ lead_name, lead_id }) => lead_name ?? lead_id],
  [t('To'), ({ recipient }) => recipient],
  [t('Subject'), ({ subject }) => subject],
  [t('Opens'), ({ opens_count }) => opens_count],
  [t('When'), ({ opened_at }) => opened_at],
]
