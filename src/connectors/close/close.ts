/**
 * Close, the CRM: who opened an email that was sent from there. By webhook at once, and by the event
 * log every few minutes, for whoever cannot be called or was not.
 *
 *   API  https://developer.close.com
 */
import { z } from 'zod'
import { defineConnector } from '../connector.ts'
import { authorization, type Context, call, type Settings, settings } from './api.ts'
import { pullContacts } from './contacts.ts'
import { pullEmails } from './events.ts'
import { handle, subscribe, verify } from './webhooks.ts'

const HOUR_MS = 3_600_000
const DAY_SECONDS = 86_400
const Me = z.object({
  id: z.string(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
})
const Events = z.object({ data: z.array(z.object({ data: z.unknown() })) })

export const close = defineConnector<Settings>({
  id: 'close',
  name: 'Close',
  settings,
  fromEnvironment: (variables) =>
    variables['CLOSEIO_API_KEY']
      ? {
          api_key: { variable: 'CLOSEIO_API_KEY', value: variables['CLOSEIO_API_KEY'] },
          webhook_signature_key: {
            variable: 'CLOSEIO_WEBHOOK_SIGNATURE_KEY',
            value: variables['CLOSEIO_WEBHOOK_SIGNATURE_KEY'],
          },
          polling_enabled: { variable: 'POLLING_ENABLED', value: variables['POLLING_ENABLED'] },
          polling_interval_seconds: {
            variable: 'POLLING_INTERVAL_SECONDS',
            value: variables['POLLING_INTERVAL_SECONDS'],
          },
          base_url: { variable: 'CLOSEIO_BASE_URL', value: variables['CLOSEIO_BASE_URL'] },
        }
      : null,
  baseUrlVariable: 'CLOSEIO_BASE_URL',
  auth: (given) => ({ authorization: authorization(given) }),

  async check(ctx) {
    const me = Me.parse(await call(ctx, '/me/'))
    const name = [me.first_name, me.last_name].filter(Boolean).join(' ') || me.id
    return { detail: `The key works; it is ${name}'s.`, warnings: await rights(ctx) }
  },

  // Close shows people on the page of their lead, which every event of an email names.
  linkOf: ({ told: { lead_id: lead } }) =>
    typeof lead === 'string' && /^lead_\w+$/.test(lead)
      ? `https://app.close.com/lead/${lead}/`
      : null,

  sources: {
    emails: {
      title: 'Opens, sent and received emails',
      everySeconds: ({ polling_enabled: on, polling_interval_seconds: seconds }) =>
        on ? seconds : null,
      pull: pullEmails,
    },
    contacts: {
      title: 'Contacts',
      everySeconds: ({ import_contacts: on }) => (on ? DAY_SECONDS : null),
      isWanted: ({ import_contacts: on }) => on,
      pull: pullContacts,
    },
  },
  callbacks: { path: 'closeio', verify, handle, subscribe },
  actions: {},
})

/** Nothing says whether a key is an admin's; what it sees of older events does. */
async function rights(ctx: Context): Promise<string[]> {
  const before = new Date(+ctx.now() - HOUR_MS).toISOString().replace('Z', '')
  const query = {
    ...{ object_type: 'activity.email', action: 'updated', _limit: '1' },
    date_updated__lt: before,
  }
  const { data } = Events.parse(await call(ctx, '/event/', { query }))
  const [oldest] = data
  if (!oldest || oldest.data) return []
  return [
    "The key is not an admin's: Close shows it what changed for an hour only, so each email is asked for on its own. Use an admin's key.",
  ]
}
