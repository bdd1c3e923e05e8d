/** The filters of messages that stand in the address. */
import { given, isTime, isUuid, noneOf, type Sound } from '../lib/filters.ts'
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

export const none = noneOf(filterNames)

const isSound: Sound<keyof Filters> = {
  status: (value) => Object.hasOwn(statuses, value),
  channel: (value) => Object.hasOwn(channels, value),
  priority: (value) => Object.hasOwn(priorities, value),
  sender_id: isUuid,
  from: isTime,
  to: isTime,
}

export const soundFilters = (filters: Filters) => given(filterNames, filters, isSound)
