/** Where one is signed in, and the way to end it there. */
import type { ReactNode } from 'react'
import { useAct } from '../lib/act.ts'
import { remove } from '../lib/api.ts'
import { deviceOf } from '../lib/device.ts'
import { t } from '../lib/language.ts'
import { useList } from '../lib/query.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Card } from '../ui/Card.tsx'
import { Code, Text, When } from '../ui/Small.tsx'
import { Failed, Loading } from '../ui/States.tsx'

export function SessionsCard() {
  const query = useList('/auth/sessions')
  const end = useAct((id: string) => remove('/auth/sessions/{id}', { params: { id } }), {
    refreshes: ['/auth/sessions'],
    done: t('That session has ended.'),
  })
  return (
    <Card title={t('Where you are signed in')}>
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} />}
      <ul className="flex flex-col gap-3">
        {query.data?.pages
          .flatMap(({ data }) => data)
          .map((session) => (
            <li key={session.id} className="flex items-center justify-between gap-3 text-sm">
              <span className="min-w-0">
                <span className="line-clamp-1" title={session.user_agent ?? undefined}>
                  {nameOf(session.user_agent)}
                </span>
                <span className="text-muted-foreground">
                  {session.ip && <Code>{session.ip}</Code>} · <When at={session.seen_at} />
                </span>
              </span>
              {session.current ? (
                <Badge tone="good">{t('here')}</Badge>
              ) : (
                <AskButton
                  size="sm"
                  look="outline"
                  title={t('End that session?')}
                  note={t('Whoever uses it has to sign in again.')}
                  act={t('End it')}
                  disabled={end.isPending}
                  onConfirm={() => end.mutate(session.id)}
                />
              )}
            </li>
          ))}
      </ul>
    </Card>
  )
}

function nameOf(userAgent: string | null): ReactNode {
  const device = deviceOf(userAgent)
  if (!device) return t('Unknown program')
  const { program, system } = device
  return system ? t('{program} on {system}', { program, system }) : <Text>{program}</Text>
}
