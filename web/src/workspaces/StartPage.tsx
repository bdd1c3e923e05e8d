/** First steps: a checklist that knows what is done, because it looks at what is there. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleDashed } from 'lucide-react'
import type { ReactNode } from 'react'
import { get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Page } from '../ui/Page.tsx'
import { FirstKey } from './FirstKey.tsx'
import { FirstMessage } from './FirstMessage.tsx'

export function StartPage() {
  const me = useMe()
  const may = (scope: string) => me?.scopes.some((each) => each === scope) ?? false
  const messages = useQuery({
    queryKey: ['/notifications', 'any'],
    enabled: may('messages:read'),
    queryFn: () => get('/notifications', { query: { limit: 1 } }),
  })
  const senders = useQuery({
    queryKey: ['/providers', 'all'],
    enabled: may('senders:read'),
    queryFn: () => get('/providers', { query: { limit: 100 } }),
  })
  const connectors = useQuery({
    queryKey: ['/connectors', 'all'],
    enabled: may('senders:read'),
    queryFn: () => get('/connectors', { query: { limit: 100 } }),
  })
  const keys = useQuery({
    queryKey: ['/api-keys', 'any'],
    enabled: may('keys:write'),
    queryFn: () => get('/api-keys', { query: { limit: 1 } }),
  })
  const members = useQuery({
    queryKey: ['/members', 'any'],
    enabled: may('members:read'),
    queryFn: () => get('/members', { query: { limit: 2 } }),
  })
  const isReal = (senders.data?.data ?? []).some(({ provider }) => provider !== 'sandbox')
  return (
    <Page
      title={t('First steps')}
      note={t('Each step can wait. This page remembers what is done and stays in the navigation.')}
    >
      <ol className="flex flex-col gap-4">
        <Step done title={t('Create the owner')} note={t('That is you.')} />
        <Step
          done={(messages.data?.data.length ?? 0) > 0}
          title={t('Send a first message, and watch it arrive')}
          note={t('It goes to the sandbox: no account, no cost, nothing leaves this server.')}
        >
          {may('messages:write') && <FirstMessage />}
        </Step>
        <Step
          done={isReal}
          title={t('Connect a real sender')}
          note={t(
            'An SMTP server, WhatsApp, Discord, Slack… Its check says in plain words what is wrong.',
          )}
        >
          <Go to="/senders" search={{ add: 'choose' }} words={t('Add a sender')} />
        </Step>
        <Step
          done={(connectors.data?.data.length ?? 0) > 0}
          title={t('Connect a source')}
          note={t('Close or monday.com: what happens there starts journeys here.')}
        >
          <Go to="/connectors" search={{ add: 'choose' }} words={t('Add a connector')} />
        </Step>
        {may('keys:write') && (
          <Step
            done={(keys.data?.data.length ?? 0) > 0}
            title={t('Send from your own program')}
            note={t('Take a key, and paste the code.')}
          >
            <FirstKey />
          </Step>
        )}
        {may('members:write') && (
          <Step
            done={(members.data?.data.length ?? 0) > 1}
            title={t('Invite a colleague')}
            note={t('By a link that works once.')}
          >
            <Go to="/settings" search={{ tab: 'members' }} words={t('Members')} />
          </Step>
        )}
      </ol>
    </Page>
  )
}

interface StepProps {
  readonly done: boolean
  readonly title: string
  readonly note: string
  readonly children?: ReactNode
}

function Step({ done, title, note, children }: StepProps) {
  return (
    <li className="flex gap-4 rounded-xl border bg-card p-5">
      {done ? (
        <CircleCheck aria-hidden className="mt-0.5 shrink-0 text-success" />
      ) : (
        <CircleDashed aria-hidden className="mt-0.5 shrink-0 text-muted-foreground" />
      )}
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold">
          {title} <span className="sr-only">{done ? t('(done)') : t('(to do)')}</span>
        </h2>
        <p className="text-sm text-muted-foreground">{note}</p>
        {children && <div className="mt-3">{children}</div>}
      </div>
    </li>
  )
}

function Go({ to, search, words }: { to: string; search: Record<string, string>; words: string }) {
  return (
    <Button asChild>
      <Link to={to} search={searchOf(search)}>
        {words}
      </Link>
    </Button>
  )
}
