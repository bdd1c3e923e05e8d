/** Messages as rows. A click on a value filters by it; on the row it opens the message. */
import { t, told } from '../lib/language.ts'
import type { List } from '../lib/query.ts'
import { Button } from '../ui/Button.tsx'
import { type Column, PagedTable, RowName } from '../ui/DataTable.tsx'
import { Code, Text, When } from '../ui/Small.tsx'
import { Empty, NoMatch } from '../ui/States.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { channels, type ListedMessage, type Message, whyOf } from './words.ts'

interface Props {
  readonly query: List<ListedMessage>
  /** Null when nothing can be done with many. */
  readonly chosen: ReadonlySet<string> | null
  readonly onChoose: (chosen: ReadonlySet<string>) => void
  readonly isFiltered: boolean
  readonly onClear: () => void
  readonly onOpen: (message: Message) => void
  readonly onFilter: (filter: { category?: string; channel?: string }) => void
}

export function MessagesTable(props: Props) {
  const { query, chosen, onChoose, isFiltered, onClear, onOpen, onFilter } = props
  function handleToggle(id: string, isChosen: boolean) {
    const next = new Set(chosen)
    if (isChosen) next.add(id)
    else next.delete(id)
    onChoose(next)
  }
  const shown = query.data?.pages.flatMap(({ data }) => data) ?? []
  const columns: Column<ListedMessage>[] = [
    {
      id: 'status',
      title: (
        <span className="flex items-center gap-3">
          {chosen && shown.length > 0 && (
            <input
              type="checkbox"
              className="size-4 accent-primary"
              aria-label={t('Choose all that are shown')}
              checked={shown.every(({ id }) => chosen.has(id))}
              onChange={(event) =>
                onChoose(new Set(event.target.checked ? shown.map(({ id }) => id) : []))
              }
            />
          )}
          {t('State')}
        </span>
      ),
      cell: (message) => (
        <span className="flex items-center gap-3">
          {chosen && (
            <input
              type="checkbox"
              className="size-4 accent-primary"
              aria-label={t('Choose the message to {to}', { to: message.to ?? '' })}
              checked={chosen.has(message.id)}
              onClick={(event) => event.stopPropagation()}
              onChange={(event) => handleToggle(message.id, event.target.checked)}
            />
          )}
          <StatusBadge status={message.status} />
        </span>
      ),
    },
    {
      id: 'to',
      title: t('To'),
      cell: (message) => (
        <RowName onOpen={() => onOpen(message)}>
          <Code>{message.to ?? message.recipient_id ?? t('the sender’s own destination')}</Code>
          <span className="block text-xs font-normal text-muted-foreground md:hidden">
            {told(channels[message.channel])} · <When at={message.created_at} />
          </span>
        </RowName>
      ),
    },
    {
      id: 'about',
      title: t('About'),
      extra: true,
      cell: ({ about }) => (
        <span className="line-clamp-2 max-w-96">
          <Text>{about}</Text>
        </span>
      ),
    },
    {
      id: 'channel',
      title: t('Channel'),
      wide: true,
      cell: ({ channel }) => told(channels[channel]),
    },
    {
      id: 'category',
      title: t('Category'),
      wide: true,
      cell: ({ category }) =>
        category && (
          <Button
            look="link"
            onClick={(event) => {
              event.stopPropagation()
              onFilter({ category })
            }}
          >
            <bdi>{category}</bdi>
          </Button>
        ),
    },
    {
      id: 'why',
      title: t('Why'),
      wide: true,
      cell: (message) => (
        <span dir="auto" className="line-clamp-2 text-muted-foreground">
          {whyOf(message)}
        </span>
      ),
    },
    {
      id: 'at',
      title: t('When'),
      end: true,
      wide: true,
      cell: ({ created_at }) => <When at={created_at} />,
    },
  ]
  return (
    <PagedTable
      label={t('Messages')}
      query={query}
      columns={columns}
      keyOf={({ id }) => id}
      onOpen={onOpen}
      empty={
        isFiltered ? (
          <NoMatch title={t('No message is like that.')} onClear={onClear} />
        ) : (
          <Empty
            title={t('Nothing has been sent yet.')}
            note={t('Send a first message to the sandbox: it needs no account anywhere.')}
            action={
              <Button asChild look="primary">
                <a href="/app/start">{t('First steps')}</a>
              </Button>
            }
          />
        )
      }
    />
  )
}
