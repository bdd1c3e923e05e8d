/** Every page behind the login: its path, its place in the navigation, who sees it, its code. */
import {
  BookOpenText,
  Cable,
  ChartColumn,
  FlaskConical,
  Gauge,
  History,
  ListChecks,
  type LucideIcon,
  Mail,
  ScrollText,
  Send,
  Settings,
  Users,
  Waypoints,
} from 'lucide-react'
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
    path: '/start',
    title: msg('First steps'),
    icon: ListChecks,
    load: async () => (await import('../workspaces/StartPage.tsx')).StartPage,
  },
  {
    path: '/messages',
    title: msg('Messages'),
    icon: Mail,
    scope: 'messages:read',
    load: async () => (await import('../messages/MessagesPage.tsx')).MessagesPage,
  },
  {
    path: '/messages/requests',
    scope: 'requests:read',
    load: async () => (await import('../requests/RequestsPage.tsx')).RequestsPage,
  },
  {
    path: '/outbox',
    title: msg('Sandbox outbox'),
    icon: FlaskConical,
    scope: 'messages:read',
    load: async () => (await import('../messages/OutboxPage.tsx')).OutboxPage,
  },
  {
    path: '/contacts',
    title: msg('Contacts'),
    icon: Users,
    scope: 'contacts:read',
    load: async () => (await import('../contacts/ContactsPage.tsx')).ContactsPage,
  },
  {
    path: '/contacts/$id',
    load: async () => (await import('../contacts/ContactPage.tsx')).ContactPage,
  },
  {
    path: '/templates',
    title: msg('Templates'),
    icon: ScrollText,
    scope: 'templates:read',
    load: async () => (await import('../templates/TemplatesPage.tsx')).TemplatesPage,
  },
  {
    path: '/templates/$id',
    load: async () => (await import('../templates/TemplatePage.tsx')).TemplatePage,
  },
  {
    path: '/senders',
    title: msg('Senders'),
    icon: Send,
    scope: 'senders:read',
    load: async () => (await import('../channels/SendersPage.tsx')).SendersPage,
  },
  {
    path: '/journeys',
    title: msg('Journeys'),
    icon: Waypoints,
    scope: 'journeys:read',
    load: async () => (await import('../journeys/JourneysPage.tsx')).JourneysPage,
  },
  {
    path: '/journeys/new',
    load: async () => (await import('../journeys/NewJourneyPage.tsx')).NewJourneyPage,
  },
  {
    path: '/journeys/$id',
    load: async () => (await import('../journeys/JourneyPage.tsx')).JourneyPage,
  },
  {
    path: '/recipes',
    title: msg('Recipes'),
    icon: BookOpenText,
    scope: 'journeys:read',
    load: async () => (await import('../journeys/RecipesPage.tsx')).RecipesPage,
  },
  {
    path: '/connectors',
    title: msg('Connectors'),
    icon: Cable,
    scope: 'senders:read',
    load: async () => (await import('../connectors/ConnectorsPage.tsx')).ConnectorsPage,
  },
  {
    path: '/opens',
    title: msg('Opens'),
    icon: ChartColumn,
    scope: 'analytics:read',
    load: async () => (await import('../analytics/OpensPage.tsx')).OpensPage,
  },
  {
    path: '/audit',
    title: msg('Audit log'),
    icon: History,
    scope: 'audit:read',
    load: async () => (await import('../workspaces/AuditPage.tsx')).AuditPage,
  },
  {
    path: '/settings',
    title: msg('Settings'),
    icon: Settings,
    load: async () => (await import('../workspaces/SettingsPage.tsx')).SettingsPage,
  },
]
