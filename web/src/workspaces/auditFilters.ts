/** The filters of the audit log that stand in the address, and the words for what it tells. */
import type { Row } from '../lib/api.ts'
import { given, isTime, noneOf, type Sound } from '../lib/filters.ts'
import { msg, t, told } from '../lib/language.ts'
import { said } from '../lib/said.ts'

export type Entry = Row<'/audit'>

export const filterNames = ['actor', 'action', 'target', 'request_id', 'from', 'to'] as const
export type Filters = Readonly<Record<(typeof filterNames)[number], string>>
export const none = noneOf(filterNames)

const isSound: Sound<keyof Filters> = {
  action: (value) => /^[a-z_.]{1,98}\*?$/.test(value),
  from: isTime,
  to: isTime,
}

export const soundFilters = (filters: Filters) => given(filterNames, filters, isSound)

/** What is done something to: the beginning of an action, and where that thing stands. */
const things: Record<string, readonly [words: string, to?: (id: string) => [string, object]]> = {
  member: [msg('Members'), () => ['/settings', { tab: 'members' }]],
  api_key: [msg('API keys'), () => ['/settings', { tab: 'keys' }]],
  contact: [msg('Contacts'), (id) => [`/contacts/${id}`, {}]],
  import: [msg('Imports of contacts')],
  suppression: [msg('Blocked addresses')],
  template: [msg('Templates'), (id) => [`/templates/${id}`, {}]],
  journey: [msg('Journeys'), (id) => [`/journeys/${id}`, {}]],
  run: [msg('Runs of journeys')],
  sender: [msg('Senders'), (id) => ['/senders', { id }]],
  connection: [msg('Connectors'), (id) => ['/connectors', { id }]],
  workspace: [msg('Workspace'), () => ['/settings', {}]],
}

/** Where the page of an entry's target is; undefined: it has none, or is gone. */
export function placeOf({ action, target }: Entry): [string, object] | undefined {
  const [thing = '', deed = ''] = action.split('.')
  if (target === null || /^(deleted|removed|erased|archived)$/.test(deed)) return undefined
  return things[thing]?.[1]?.(target)
}

export function actionOptions(action: string): [string, string][] {
  const listed = Object.entries(things).map(([id, [words]]): [string, string] => [
    `${id}.*`,
    told(words),
  ])
  const other = action && !listed.some(([id]) => id === action)
  return [
    ['', t('Everything')],
    ...listed,
    ...(other ? [[action, saidOf(action)] as [string, string]] : []),
  ]
}

/** `member.logged_in` as "Member logged in", in the viewer's language. */
export function saidOf(action: string): string {
  const words = action.replace(/[._]/g, ' ')
  return said(words.charAt(0).toUpperCase() + words.slice(1)).replace(/^Api /, 'API ')
}
