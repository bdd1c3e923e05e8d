/** What needs a person, before all else: failing senders and connectors, messages nobody knows about. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { said } from '../lib/said.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Skeleton } from '../ui/States.tsx'
import { restoredLines } from './restoredLines.ts'

export interface ProblemLine {
  readonly text: string
  readonly to: string
  readonly search?: Record<string, string>
}

export function Problems() {
  const maySenders = useMay('senders:read')
  const mayMessages = useMay('messages:read')
  const mayJourneys = useMay('journeys:read')
  const senders = useQuery({
    queryKey: ['/providers', 'all'],
    enabled: maySenders,
    queryFn: () => get('/providers', { query: { limit: 100 } }),
  })
  const connectors = useQuery({
    queryKey: ['/connectors', 'all'],
    enabled: maySenders,
    queryFn: () => get('/connectors', { query: { limit: 100 } }),
  })
  const unknown = useQuery({
    queryKey: ['/notifications', 'unknown'],
    enabled: mayMessages,
    queryFn: () => get('/notifications', { query: { status: 'unknown', limit: 1 } }),
  })
  const restored = useQuery({
    queryKey: ['/restored'],
    enabled: mayJourneys,
    queryFn: () => get('/restored'),
  })
  if (maySenders && (senders.isPending || connectors.isPending))
    return <Skeleton className="h-5 max-w-56" />
  const lines: ProblemLine[] = []
  for (const { name, status, status_reason, settings_fault, circuit } of senders.data?.data ?? []) {
    if (status === 'paused')
      lines.push({
        text: t('The sender “{name}” is paused: {why}', { name, why: said(status_reason ?? '–') }),
        to: '/senders',
      })
    if (settings_fault)
      lines.push({
        text: t('The settings of the sender “{name}” cannot be used: {why}', {
          name,
          why: said(settings_fault),
        }),
        to: '/senders',
      })
    if (circuit.open_until && new Date(circuit.open_until) > new Date())
      lines.push({
        text: t('The sender “{name}” rests after failures: {why}', {
          name,
          why: said(circuit.reason ?? '–'),
        }),
        to: '/senders',
      })
  }
  for (const { name, status, status_reason, tasks, webhook } of connectors.data?.data ?? []) {
    if (status === 'paused')
      lines.push({
        text: t('The connector “{name}” is paused: {why}', {
          name,
          why: said(status_reason ?? '–'),
        }),
        to: '/connectors',
      })
    const failing = tasks.find(({ failures }) => failures > 0)
    if (failing)
      lines.push({
        text: t('The connector “{name}” cannot read: {why}', {
          name,
          why: said(failing.last_error ?? '–'),
        }),
        to: '/connectors',
      })
    if (webhook.silent)
      lines.push({
        text: t('The connector “{name}” has not called us for a while.', { name }),
        to: '/connectors',
      })
  }
  if (unknown.data?.data.length)
    lines.push({
      text: t(
        'Some messages may or may not have been sent: their vendor did not answer. Look at them and decide.',
      ),
      to: '/messages',
      search: { status: 'unknown' },
    })
  if (restored.data) lines.push(...restoredLines(restored.data))
  if (lines.length === 0)
    return (
      <p className="flex items-center gap-2 text-sm text-muted-foreground">
        <CircleCheck aria-hidden className="size-4 text-success" /> {t('Nothing needs you now.')}
      </p>
    )
  return (
    <section
      aria-label={t('Needs attention')}
      className="rounded-xl border border-warning/40 bg-warning-soft p-4 text-warning"
    >
      <h2 className="mb-1 flex items-center gap-2 font-semibold">
        <TriangleAlert aria-hidden className="size-4" /> {t('Needs attention')}
      </h2>
      <ul className="flex flex-col gap-1 text-sm">
        {lines.map(({ text, to, search }) => (
          <li key={text}>
            <Link
              to={to}
              search={searchOf(search ?? {})}
              className="underline decoration-warning/50 underline-offset-4 hover:decoration-warning"
              dir="auto"
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
