/** What was asked of the API: by whom, with what answer, and the messages that came of it. */
import { RefreshCw } from 'lucide-react'
import { t } from '../lib/language.ts'
import { refresh, useList } from '../lib/query.ts'
import { useUrl } from '../lib/url.ts'
import { useEscape } from '../lib/useEscape.ts'
import { MessageViews } from '../messages/MessageViews.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Page } from '../ui/Page.tsx'
import { type CsvColumn, SaveList } from '../ui/SaveList.tsx'
import { type ApiRequest, filterNames, none, soundFilters } from './filters.ts'
import { RequestDrawer } from './RequestDrawer.tsx'
import { RequestFilters } from './RequestFilters.tsx'
import { RequestsTable } from './RequestsTable.tsx'

export function RequestsPage() {
  const [asked, setFilters] = useUrl(filterNames)
  const filters = soundFilters(asked)
  const [{ id }, setOpen] = useUrl(['id'])
  const query = useList('/api-requests', filters)
  const isFiltered = Object.keys(filters).length > 0
  const clear = () => setFilters(none, true)
  useEscape(isFiltered, clear)
  return (
    <Page
      title={t('API requests')}
      note={t(
        'All that failed and what people changed here; of very many that succeeded, some. A moment late.',
      )}
      actions={
        <>
          <SaveList title={t('API requests')} query={query} columns={file()} />
          <Button onClick={() => void refresh('/api-requests')}>
            <RefreshCw aria-hidden /> {t('Read again')}
          </Button>
        </>
      }
    >
      <MessageViews />
      <Card flush>
        <RequestFilters
          filters={{ ...none, ...filters }}
          onChange={(change) => setFilters(change, true)}
          onClear={isFiltered ? clear : undefined}
        />
        <RequestsTable
          query={query}
          isFiltered={isFiltered}
          onClear={clear}
          onOpen={(request) => setOpen({ id: request.id }, true)}
        />
      </Card>
      {id && <RequestDrawer id={id} onClose={() => setOpen({ id: '' })} />}
    </Page>
  )
}

const file = (): readonly CsvColumn<ApiRequest>[] => [
  [t('Status'), ({ status }) => status],
  [t('Request'), ({ method, path }) => `${method} ${path}`],
  [t('Problem'), ({ code }) => code],
  [t('Messages'), ({ message_count }) => message_count],
  [t('Id'), ({ id }) => id],
  [t('When'), ({ at }) => at],
]
