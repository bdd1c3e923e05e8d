/**
 * monday.com: new items of a board are leads, and their status says who is at it. By webhook at once,
 * and by listing every ten minutes, for what no webhook told.
 *
 *   API  https://developer.monday.com/api-reference
 */
import { Misconfigured } from '../../errors.ts'
import { defineConnector } from '../connector.ts'
import { addUpdate, readStatus, setStatus } from './actions.ts'
import { headers, type Settings, settings } from './api.ts'
import { readBoard, type StatusColumn } from './board.ts'
import { itemLink } from './item.ts'
import { pullContacts, pullItems } from './items.ts'
import { allStatuses, missingLabels } from './labels.ts'
import { answer, handle, readMe, subscribe, verify } from './webhooks.ts'

const LIST_SECONDS = 600
const DAY_SECONDS = 86_400

const variableOf = {
  api_token: 'MONDAY_API_KEY',
  board_id: 'MONDAY_BOARD_ID',
  phone_column_id: 'MONDAY_PHONE_COLUMN_ID',
  name_column_id: 'MONDAY_NAME_COLUMN_ID',
  status_column_id: 'MONDAY_STATUS_COLUMN_ID',
  default_country: 'DEFAULT_COUNTRY',
  status_new: 'MONDAY_STATUS_NEW',
  max_age_hours: 'MONDAY_MAX_AGE_HOURS',
  signing_secret: 'MONDAY_SIGNING_SECRET',
  webhook_secret: 'MONDAY_WEBHOOK_SECRET',
  base_url: 'MONDAY_BASE_URL',
} as const satisfies Partial<Record<keyof Settings, string>>

export const monday = defineConnector<Settings>({
  id: 'monday',
  name: 'monday.com',
  settings,
  fromEnvironment(variables) {
    if (!variables['MONDAY_API_KEY'] || !variables['MONDAY_BOARD_ID']) return null
    const given = Object.entries(variableOf).map(([setting, variable]) => {
      return [setting, { variable, value: variables[variable] }] as const
    })
    return { ...Object.fromEntries(given), own_statuses: ownStatuses(variables) }
  },
  baseUrlVariable: variableOf.base_url,
  auth: headers,

  async check(ctx) {
    const me = await readMe(ctx)
    if (!me) throw new Misconfigured('monday does not say whose token it is. Check MONDAY_API_KEY.')
    const { name, status, phoneTitle, faults } = await readBoard(ctx)
    const columns = phoneTitle && status && { phone: phoneTitle, status: status.title }
    return {
      detail: columns
        ? `The token works; it is ${me.name}'s. The board is ${name}: phone numbers are in ${columns.phone}, the status is in ${columns.status}.`
        : `The token works; it is ${me.name}'s. The board is ${name}.`,
      warnings: [...faults, ...(status ? warningOf(status, ctx.settings) : [])],
    }
  },

  linkOf: ({ externalId, told }, { board_id: board }) => itemLink(externalId, told, board),

  sources: {
    items: { title: 'New items', everySeconds: () => LIST_SECONDS, pull: pullItems },
    contacts: {
      title: 'Contacts',
      everySeconds: ({ import_contacts: on }) => (on ? DAY_SECONDS : null),
      isWanted: ({ import_contacts: on }) => on,
      pull: pullContacts,
    },
  },
  callbacks: { path: 'monday', answer, verify, handle, subscribe },
  actions: { set_status: setStatus, read_status: readStatus, add_update: addUpdate },
})

function warningOf(column: StatusColumn, settings: Settings): string[] {
  const missing = missingLabels(column, allStatuses(settings)).join(', ')
  if (missing === '') return []
  return [
    `The column ${column.title} has no label ${missing}. They are added when new items are listed, which takes the right to change the board; else add them there.`,
  ]
}

const DEFAULTS = settings.shape.own_statuses.parse(undefined)

/** Those of the recipe, in its order. */
function ownStatuses(variables: Readonly<Record<string, unknown>>) {
  const names = ['MONDAY_STATUS_SENT', 'MONDAY_STATUS_NO_ANSWER', 'MONDAY_STATUS_ANSWERED']
  const value = names.map((name, at) => variables[name] || DEFAULTS[at])
  return { variable: names.join(', '), value }
}
