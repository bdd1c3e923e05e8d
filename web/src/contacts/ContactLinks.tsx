/** Other systems that know the contact: one click leads there, and says how fresh it is. */
import { useQuery } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import { get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Code, Text, When } from '../ui/Small.tsx'

export function ContactLinks({ id }: { id: string }) {
  const query = useQuery({
    queryKey: ['/contacts/{id}/links', id],
    queryFn: () => get('/contacts/{id}/links', { params: { id } }),
  })
  const links = query.data?.data ?? []
  if (links.length === 0) return null
  return (
    <Card title={t('Other systems')}>
      <ul className="flex flex-col gap-3 text-sm">
        {links.map(({ connection_id, external_id, name, url, last_sync_at }) => (
          <li key={`${connection_id} ${external_id}`} className="flex flex-col items-start gap-1">
            {url ? (
              <Button asChild>
                <a href={url} target="_blank" rel="noreferrer">
                  <ExternalLink aria-hidden className="rtl:-scale-x-100" />
                  {t('Open in {name}', { name })}
                </a>
              </Button>
            ) : (
              <Text>{name}</Text>
            )}
            <Code>{external_id}</Code>
            <span className="text-muted-foreground">
              {last_sync_at ? (
                <>
                  {t('Last heard of')} <When at={last_sync_at} />
                </>
              ) : (
                t('Not synced yet.')
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
