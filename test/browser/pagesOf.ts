/** Every page that there is, with something on it, and what opens on them. */
import type { Seeded } from './seed.ts'

export function pagesOf(seeded: Seeded): Readonly<Record<string, string>> {
  return {
    overview: '/app/',
    start: '/app/start',
    messages: '/app/messages',
    message: `/app/messages?id=${seeded.message}`,
    'message-content': `/app/messages?id=${seeded.message}&tab=content`,
    'message-facts': `/app/messages?id=${seeded.message}&tab=facts`,
    'messages-failed': '/app/messages?status=failed',
    requests: '/app/messages/requests',
    request: `/app/messages/requests?id=${seeded.request}`,
    outbox: '/app/outbox',
    contacts: '/app/contacts',
    contact: `/app/contacts/${seeded.contact}`,
    consents: `/app/contacts/${seeded.contact}?tab=consents`,
    import: '/app/contacts?import=1',
    'contact-new': '/app/contacts?add=1',
    templates: '/app/templates',
    template: `/app/templates/${seeded.template}`,
    'template-versions': `/app/templates/${seeded.template}?tab=versions`,
    senders: '/app/senders',
    'sender-new': '/app/senders?add=smtp',
    'sender-choice': '/app/senders?add=1',
    journeys: '/app/journeys',
    journey: `/app/journeys/${seeded.journey}`,
    'journey-list': `/app/journeys/${seeded.journey}?tab=list`,
    'journey-runs': `/app/journeys/${seeded.journey}?tab=runs`,
    'journey-try': `/app/journeys/${seeded.journey}?tab=simulate`,
    'journey-document': `/app/journeys/${seeded.journey}?tab=document`,
    'journey-edit': `/app/journeys/${seeded.journey}?edit=1`,
    'journey-step': `/app/journeys/${seeded.journey}?edit=1&change=welcome`,
    'journey-new': '/app/journeys/new?tab=list',
    recipes: '/app/recipes',
    connectors: '/app/connectors',
    'connector-new': '/app/connectors?add=close',
    opens: '/app/opens',
    audit: '/app/audit',
    'audit-entry': `/app/audit?action=sender.*&seq=${seeded.entry}`,
    settings: '/app/settings',
    members: '/app/settings?tab=members',
    keys: '/app/settings?tab=keys',
    profile: '/app/settings?tab=profile',
  }
}

/** Forms that schemas make, beside those of `pagesOf`. */
export const forms: Readonly<Record<string, string>> = {
  'sender-discord': '/app/senders?add=discord',
  'sender-slack': '/app/senders?add=slack',
  'sender-teams': '/app/senders?add=teams',
  'sender-webhook': '/app/senders?add=webhook',
  'sender-whatsapp': '/app/senders?add=whatsapp',
  'connector-monday': '/app/connectors?add=monday',
}

interface Opening {
  readonly on: string
  /** What stands on it in English. */
  readonly button: string
  /** Somebody wrote it: it is the same in every language. */
  readonly isData?: boolean
}

/** What opens by a button of a page. */
export const dialogs: readonly Opening[] = [
  { on: 'overview', button: 'Search or go to…' },
  { on: 'messages-failed', button: 'Try all again' },
  { on: 'contact', button: 'Merge a duplicate' },
  { on: 'contact', button: 'Erase' },
  { on: 'contact', button: 'Add' },
  { on: 'templates', button: 'New template' },
  { on: 'senders', button: 'First', isData: true },
  { on: 'journey-edit', button: 'Beginning and rules' },
]
