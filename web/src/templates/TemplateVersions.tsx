/** Versions of a template: who wrote them, two side by side, and back to an older one. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { get, post, type Row } from '../lib/api.ts'
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { PagedTable } from '../ui/DataTable.tsx'
import { Text, When } from '../ui/Small.tsx'
import { Empty, Failed, Loading } from '../ui/States.tsx'
import { fieldTitle } from './locales.ts'
import { Sides } from './Sides.tsx'

type Version = Row<'/templates/{id}/versions'>

export function TemplateVersions({ id, version }: { id: string; version: number }) {
  const query = useList('/templates/{id}/versions', {}, { params: { id } })
  const [compared, setCompared] = useState(0)
  const mayWrite = useMay('templates:write')
  const restore = useAct(
    (older: number) =>
      post('/templates/{id}/rollback', { params: { id }, body: { version: older } }),
    {
      refreshes: ['/templates', '/templates/{id}', '/templates/{id}/versions'],
      done: ({ version: made }) => t('Saved as version {version}.', { version: made }),
    },
  )
  return (
    <div className="flex flex-col gap-5">
      <Card flush>
        <PagedTable
          label={t('Versions')}
          query={query}
          keyOf={(row: Version) => String(row.version)}
          columns={[
            { id: 'version', title: t('Version'), cell: (row) => number(row.version) },
            {
              id: 'note',
              title: t('Note'),
              wide: true,
              cell: ({ note }) => note && <Text>{note}</Text>,
            },
            {
              id: 'locales',
              title: t('Languages'),
              wide: true,
              cell: ({ locale, locales }) => (
                <bdi>{[...new Set([locale, ...locales])].join(', ')}</bdi>
              ),
            },
            {
              id: 'author',
              title: t('By'),
              wide: true,
              cell: ({ created_by_name }) => created_by_name && <Text>{created_by_name}</Text>,
            },
            {
              id: 'at',
              title: t('When'),
              cell: ({ created_at }) => <When at={created_at} exact />,
            },
            {
              id: 'deeds',
              title: <span className="sr-only">{t('Actions')}</span>,
              end: true,
              cell: (row) =>
                row.version !== version && (
                  <span className="inline-flex flex-wrap justify-end gap-2">
                    <Button
                      size="sm"
                      aria-pressed={compared === row.version}
                      onClick={() => setCompared(row.version)}
                    >
                      {t('Compare with now')}
                    </Button>
                    {mayWrite && (
                      <Button
                        size="sm"
                        disabled={restore.isPending}
                        onClick={() => restore.mutate(row.version)}
                      >
                        {t('Restore')}
                      </Button>
                    )}
                  </span>
                ),
            },
          ]}
          empty={<Empty title={t('There are no versions.')} />}
        />
      </Card>
      {compared > 0 && <Difference id={id} from={compared} to={version} />}
    </div>
  )
}

function Difference({ id, from, to }: { id: string; from: number; to: number }) {
  const query = useQuery({
    queryKey: ['/templates/{id}/diff', id, from, to],
    queryFn: () => get('/templates/{id}/diff', { params: { id }, query: { from, to } }),
  })
  return (
    <Card title={t('Version {from} and version {to}', { from, to })}>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} />}
      {query.data?.hunks.length === 0 && <Empty title={t('They say the same.')} />}
      {query.data?.hunks.map((hunk, at) => (
        <Sides
          // biome-ignore lint/suspicious/noArrayIndexKey: the answer does not change
          key={at}
          field={fieldTitle(hunk.field)}
          lines={hunk.lines}
          before={t('Version {version}', { version: from })}
          after={t('Version {version}', { version: to })}
        />
      ))}
    </Card>
  )
}
