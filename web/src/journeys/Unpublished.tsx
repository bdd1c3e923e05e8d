/** Journeys that somebody has begun to write and nobody has published. */
import { Link } from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { searchOf } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Text, When } from '../ui/Small.tsx'

export function Unpublished() {
  const query = useList('/journey-drafts', { unpublished: 'true' })
  const drafts = query.data?.pages.flatMap(({ data }) => data) ?? []
  if (drafts.length === 0) return null
  return (
    <Card title={t('Not published yet')}>
      <ul className="flex flex-col gap-2 text-sm">
        {drafts.map(({ id, name, title, saved_by_name, updated_at }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3">
            <Link
              to="/journeys/new"
              search={searchOf({ draft: id })}
              className="inline-block py-1 font-medium underline-offset-4 hover:underline"
            >
              <Text>{title || name || t('No name yet')}</Text>
            </Link>
            <span className="text-muted-foreground">
              <Text>{saved_by_name ?? ''}</Text> <When at={updated_at} />
            </span>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-2" onClick={() => void query.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
    </Card>
  )
}
