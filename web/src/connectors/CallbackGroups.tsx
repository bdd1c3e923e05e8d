/** What callbacks failed of, what to do about it, and all of one kind again. */
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../lib/act.ts'
import { type Answer, get, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { When } from '../ui/Small.tsx'

type Group = Answer<'/callbacks/groups'>['data'][number]

export function CallbackGroups() {
  const { data } = useQuery({
    queryKey: ['/callbacks', 'groups'],
    queryFn: () => get('/callbacks/groups'),
  })
  const mayWrite = useMay('senders:write')
  const again = useAct(
    ({ provider, reason }: Group) => post('/callbacks/process', { body: { provider, reason } }),
    {
      refreshes: ['/callbacks', '/callbacks/{id}'],
      done: ({ count }) =>
        t(
          '{count, plural, one {# callback is processed again.} other {# callbacks are processed again.}}',
          {
            count,
          },
        ),
    },
  )
  if (!data || data.data.length === 0) return null
  return (
    <Card title={t('What callbacks failed of')}>
      <ul className="flex flex-col divide-y">
        {data.data.map((group) => (
          <li
            key={`${group.provider} ${group.reason}`}
            className="flex flex-wrap items-start justify-between gap-3 py-3 first:pt-0 last:pb-0"
          >
            <div className="min-w-0 flex-1 basis-72">
              <p dir="auto" className="font-medium break-words">
                {said(group.reason)}
              </p>
              <p className="text-sm">{said(group.mend)}</p>
              <p className="text-sm text-muted-foreground">
                <bdi>{group.provider}</bdi> · {t('since')} <When at={group.first_at} />
              </p>
            </div>
            {mayWrite && (
              <Button disabled={again.isPending} onClick={() => again.mutate(group)}>
                {t('{count, plural, one {Try it again} other {Try these # again}}', {
                  count: group.count,
                })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
