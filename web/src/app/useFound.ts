/** What the workspace has by the name that somebody types: templates, journeys, senders, connectors. */
import { useQuery } from '@tanstack/react-query'
import { nameOf } from '../channels/health.ts'
import { get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { type Scope, useMe } from '../lib/session.ts'

export interface Found {
  readonly to: string
  readonly search?: Record<string, string>
  readonly text: string
  readonly kind: string
}

const MOST = 5 // of each kind
const LISTED = 100 // of those whose list is short and has no search

export function useFound(text: string): readonly Found[] {
  const scopes = useMe()?.scopes ?? []
  const isAsked = text.length >= 2
  const may = (scope: Scope) => isAsked && scopes.includes(scope)
  const query = { limit: LISTED }
  const templates = useQuery({
    queryKey: ['/templates', 'palette', text],
    enabled: may('templates:read'),
    queryFn: () => get('/templates', { query: { q: text, limit: MOST } }),
  })
  const journeys = useQuery({
    queryKey: ['/journeys', 'palette'],
    enabled: may('journeys:read'),
    queryFn: () => get('/journeys', { query }),
  })
  const senders = useQuery({
    queryKey: ['/providers', 'palette'],
    enabled: may('senders:read'),
    queryFn: () => get('/providers', { query }),
  })
  const connectors = useQuery({
    queryKey: ['/connectors', 'palette'],
    enabled: may('senders:read'),
    queryFn: () => get('/connectors', { query: { limit: 100 } }),
  })
  if (!isAsked) return []
  const like = ({ text: name }: Found) => name.toLowerCase().includes(text.toLowerCase())
  const lists: Found[][] = [
    (templates.data?.data ?? []).map(({ id, name }) => ({
      ...{ to: `/templates/${id}`, text: name, kind: t('Template') },
    })),
    (journeys.data?.data ?? []).map(({ id, name, title }) => ({
      ...{ to: `/journeys/${id}`, text: title ?? name, kind: t('Journey') },
    })),
    (senders.data?.data ?? []).map((sender) => ({
      ...{ to: '/senders', search: { id: sender.id }, text: nameOf(sender), kind: t('Sender') },
    })),
    (connectors.data?.data ?? []).map(({ id, name }) => ({
      ...{ to: '/connectors', search: { id }, text: name, kind: t('Connector') },
    })),
  ]
  return lists.flatMap((list) => list.filter(like).slice(0, MOST))
}
