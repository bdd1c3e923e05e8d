/** Why somebody got a message: which run of which journey sent it, or that none did. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Answer, get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Text } from '../ui/Small.tsx'

export function Why({ message }: { message: Answer<'/notifications/{id}'> }) {
  const { id } = message
  const mayJourneys = useMay('journeys:read')
  const { data } = useQuery({
    queryKey: ['/notifications/{id}/origin', id],
    enabled: mayJourneys,
    queryFn: () => get('/notifications/{id}/origin', { params: { id } }),
  })
  if (!data) return null
  if (!data.journey) return t('It came through the API, or from one of yours.')
  const { id: journey, name, step } = data.journey
  return (
    <Link
      to={`/journeys/${journey}`}
      search={searchOf({ tab: 'runs' })}
      className="text-primary underline-offset-4 hover:underline"
    >
      <Text>{t('The journey “{name}”, its step “{step}”', { name, step })}</Text>
    </Link>
  )
}
