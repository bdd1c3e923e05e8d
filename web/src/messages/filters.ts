/** The filters of messages that stand in the address. */
import { channels, priorities, statuses } from './words.ts'

export const filterNames = [
  'q',
  'status',
  'channel',
  'priority',
  'category',
  'subject',
  'recipient_id',
  'sender_id',
  'from',
  'to',
] as const

export type Filters = Readonly<Record<(typeof filterNames)[number], string>>

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What an address may hold that the list does not know falls back to "every". */
const isSound: Partial<Record<keyof Filters, (value: string) => boolean>> = {
  status: (value) => Object.hasOwn(statuses, value),
  channel: (value) => Object.hasOwn(channels, value),
  priority: (value) => Object.hasOwn(priorities, value),
  sender_id: (value) => uuid.test(value),
  from: (value) => !Number.isNaN(Date.parse(value)),
  to: (value) => !Number.isNaN(Date.parse(value)),
}

export function soundFilters(filters: Filters): Filters {
  const entries = filterNames.map((name) => [
    name,
    isSound[name]?.(filters[name]) === false ? '' : filters[name],
  ])
  return Object.fromEntries(entries) as Filters // the same names
}
