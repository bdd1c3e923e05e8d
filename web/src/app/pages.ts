/** Every page behind the login: its path, its place in the navigation, who sees it, its code. */
import { Gauge, Inbox, type LucideIcon, Mail } from 'lucide-react'
import type { ComponentType } from 'react'
import { msg } from '../lib/language.ts'
import type { Scope } from '../lib/session.ts'

export interface PageEntry {
  readonly path: string
  readonly title?: string
  readonly icon?: LucideIcon
  readonly scope?: Scope
  load(): Promise<ComponentType>
}

export const pages: readonly PageEntry[] = [
  {
    path: '/',
    title: msg('Overview'),
    icon: Gauge,
    scope: 'analytics:read',
    load: async () => (await import('../analytics/OverviewPage.tsx')).OverviewPage,
  },
  {
    path: '/messages',
    title: msg('Messages'),
    icon: Mail,
    scope: 'messages:read',
    load: async () => (await import('../messages/MessagesPage.tsx')).MessagesPage,
  },
  {
    path: '/audit',
    title: msg('Audit log'),
    icon: Inbox,
    scope: 'audit:read',
    load: async () => (await import('../workspaces/AuditPage.tsx')).AuditPage,
  },
]
