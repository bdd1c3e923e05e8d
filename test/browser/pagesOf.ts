/** Every page that there is, with something on it. */
import type { Seeded } from './seed.ts'

export function pagesOf(seeded: Seeded): Readonly<Record<string, string>> {
  return {
    overview: '/app/',
    start: '/app/start',
    messages: '/app/messages',
    message: `/app/messages?id=${seeded.message}`,
    'message-content': `/app/messages?id=${seeded.message}&tab=content`,
    outbox: '/app/outbox',
    contacts: '/app/contacts',
    contact: `/app/contacts/${seeded.contact}`,
    import: '/app/contacts?import=1',
    templates: '/app/templates',
    template: `/app/templates/${seeded.template}`,
    'template-versions': `/app/templates/${seeded.template}?tab=versions`,
    senders: '/app/senders',
    'sender-new': '/app/senders?add=smtp',
    journeys: '/app/journeys',
    journey: `/app/journeys/${seeded.journey}`,
    'journey-list': `/app/journeys/${seeded.journey}?tab=list`,
    'journey-edit': `/app/journeys/${seeded.journey}?edit=1`,
    'journey-step': `/app/journeys/${seeded.journey}?edit=1&change=welcome`,
    'journey-new': '/app/journeys/new?tab=list',
    recipes: '/app/recipes',
    connectors: '/app/connectors',
    'connector-new': '/app/connectors?add=close',
    opens: '/app/opens',
    audit: '/app/audit',
    settings: '/app/settings',
    keys: '/app/settings?tab=keys',
    profile: '/app/settings?tab=profile',
  }
}
