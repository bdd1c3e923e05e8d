/** Requests as rows, the newest first. */
import { number } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import type { List } from '../lib/query.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { type Column, PagedTable, RowName } from '../ui/DataTable.tsx'
import { Code, When } from '../ui/Small.tsx'
import { Empty, NoMatch } from '../ui/States.tsx'
import { Actor } from '../workspaces/Actor.tsx'
import { type ApiRequest, toneOf } from './filters.ts'

interface Props {
  readonly query: List<ApiRequest>
  readonly isFiltered: boolean
  readonly onClear: () => void
  readonly onOpen: (request: ApiRequest) => void
}

export function RequestsTable({ query, isFiltered, onClear, onOpen }: Props) {
  const columns: Column<ApiRequest>[] = [
    {
      id: 'status',
      title: t('Status'),
      cell: ({ status }) => <Badge tone={toneOf(status)}>{status}</Badge>,
    },
    {
      id: 'path',
      title: t('Request'),
      cell: (request) => (
        <RowName onOpen={() => onOpen(request)}>
          <Code>
            {request.method} {request.path}
          </Code>
          <span className="block text-xs font-normal text-muted-foreground md:hidden">
            <When at={request.at} />
          </span>
        </RowName>
      ),
    },
    {
      id: 'code',
      title: t('Problem'),
      wide: true,
      cell: ({ code }) => code && <Code>{code}</Code>,
    },
    { id: 'who', title: t('Who'), wide: true, cell: (request) => <Actor of={request} /> },
    {
      id: 'messages',
      title: t('Messages'),
      wide: true,
      end: true,
      cell: ({ message_count: count }) => count > 0 && number(count),
    },
    {
      id: 'ms',
      title: t('Took'),
      wide: true,
      end: true,
      cell: ({ duration_ms: ms }) => t('{ms} ms', { ms: number(ms) }),
    },
    { id: 'at', title: t('When'), wide: true, end: true, cell: ({ at }) => <When at={at} /> },
  ]
  return (
    <PagedTable
      label={t('API requests')}
      query={query}
      columns={columns}
      keyOf={({ id }) => id}
      onOpen={onOpen}
      empty={
        isFiltered ? (
          <NoMatch title={t('No request is like that.')} onClear={onClear} />
        ) : (
          <Empty
            title={t('Nothing was asked yet.')}
            note={t('Take an API key, and what your programs ask stands here.')}
            action={
              <Button asChild look="primary">
                <a href="/app/settings?tab=keys">{t('API keys')}</a>
              </Button>
            }
          />
        )
      }
    />
  )
}
