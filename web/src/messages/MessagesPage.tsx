/** All messages: search, filters, what comes in while one looks, and one message in a drawer. */
import { Download, RefreshCw } from 'lucide-react'
import { useRef, useState } from 'react'
import { addressOf } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useActivity } from '../lib/live.ts'
import { refresh, useList } from '../lib/query.ts'
import { useMay } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { useEscape } from '../lib/useEscape.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Page } from '../ui/Page.tsx'
import { DeadLetters, isDead, narrowing } from './DeadLetters.tsx'
import { filterNames, none, soundFilters } from './filters.ts'
import { ManyActions } from './ManyActions.tsx'
import { MessageDrawer } from './MessageDrawer.tsx'
import { MessageFilters } from './MessageFilters.tsx'
import { MessagesTable } from './MessagesTable.tsx'
import { MessageViews } from './MessageViews.tsx'
import { useChoice } from './useChoice.ts'

export function MessagesPage() {
  const [asked, setFilters] = useUrl(filterNames)
  const filters = soundFilters(asked)
  const [{ id }, setOpen] = useUrl(['id', 'tab'])
  const [news, setNews] = useState(0)
  const [mayHaveMore, setMayHaveMore] = useState(false)
  const begun = useRef(new Date().toISOString()) // the stream begins a little before
  const choice = useChoice(filters)
  const mayWrite = useMay('messages:write')
  const query = useList('/notifications', filters)
  const { status = '', ...others } = filters
  const canNarrow = Object.keys(others).every((name) => narrowing.includes(name))
  const deadStatus = isDead(status) && canNarrow ? status : null
  useActivity({ names: 'message.sent,message.failed,message.skipped,message.bounced' }, (event) => {
    if (!event) setMayHaveMore(true)
    else if (event.at > begun.current) setNews((count) => count + 1)
  })
  const isFiltered = Object.keys(filters).length > 0
  const clear = () => setFilters(none, true)
  useEscape(isFiltered, clear)
  function handleShowNews() {
    setNews(0)
    setMayHaveMore(false)
    begun.current = new Date().toISOString()
    void refresh('/notifications')
  }
  return (
    <Page
      title={t('Messages')}
      actions={
        <>
          <Button asChild>
            <a href={addressOf('/notifications/export.csv', {}, filters)} download>
              <Download aria-hidden /> {t('As CSV')}
            </a>
          </Button>
          <Button onClick={handleShowNews} aria-live="polite">
            <RefreshCw />
            {mayHaveMore && t('See what is new')}
            {!mayHaveMore && news === 0 && t('Read again')}
            {!mayHaveMore &&
              news > 0 &&
              t('{count, plural, one {# new} other {# new}}', { count: news })}
          </Button>
        </>
      }
    >
      <MessageViews />
      <Card flush>
        <MessageFilters
          filters={{ ...none, ...filters }}
          onChange={(change) => setFilters(change, true)}
          onClear={isFiltered ? clear : undefined}
        />
        {mayWrite && deadStatus && choice.ids.size === 0 && (
          <DeadLetters status={deadStatus} filters={others} />
        )}
        {mayWrite && choice.ids.size > 0 && (
          <ManyActions
            ids={[...choice.ids]}
            onDone={choice.drop}
            onNone={choice.none}
            onChooseAll={query.hasNextPage ? choice.chooseAll : undefined}
          />
        )}
        <MessagesTable
          query={query}
          chosen={mayWrite ? choice.ids : null}
          onChoose={choice.choose}
          isFiltered={isFiltered}
          onClear={clear}
          onOpen={(message) => setOpen({ id: message.id, tab: '' }, true)}
          onFilter={(filter) => setFilters(filter, true)}
        />
      </Card>
      {id && <MessageDrawer id={id} onClose={() => setOpen({ id: '', tab: '' })} />}
    </Page>
  )
}
