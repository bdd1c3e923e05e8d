/** The filters of requests that stand in the address, and the words for what they may be. */
import type { Row } from '../lib/api.ts'
import { given, isTime, isUuid, noneOf, type Sound } from '../lib/filters.ts'
import { msg, t, told } from '../lib/language.ts'
import type { Tone } from '../ui/Badge.tsx'

export type ApiRequest = Row<'/api-requests'>

export const filterNames = [
  'path',
  'status',
  'method',
  'source',
  'actor_id',
  'idempotency_key',
  'message_id',
  'from',
  'to',
] as const
export type Filters = Readonly<Record<(typeof filterNames)[number], string>>

export const none = noneOf(filterNames)

export const sources = { api: msg('API'), dashboard: msg('Dashboard') } as const
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const outcomes: Record<string, string> = {
  failed: msg('Failed'),
  '2xx': msg('Succeeded'),
  '4xx': msg('Refused (4xx)'),
  '5xx': msg('Our fault (5xx)'),
}

export const statusOptions = (status: string): [string, string][] => [
  ['', t('Every outcome')],
  ...Object.entries(outcomes).map(([id, words]): [string, string] => [id, told(words)]),
  ...(isStatus.test(status) && !outcomes[status] ? [[status, status] as [string, string]] : []),
]
export const methodOptions = (): [string, string][] => [
  ['', t('Every method')],
  ...methods.map((method): [string, string] => [method, method]),
]
export const sourceOptions = (): [string, string][] => [
  ['', t('API and dashboard')],
  ...Object.entries(sources).map(([id, words]): [string, string] => [id, told(words)]),
]

const isStatus = /^([1-5]\d\d|[1-5]xx|failed)$/

const isSound: Sound<keyof Filters> = {
  status: (value) => isStatus.test(value),
  method: (value) => methods.includes(value),
  source: (value) => Object.hasOwn(sources, value),
  message_id: isUuid,
  from: isTime,
  to: isTime,
}

export const soundFilters = (filters: Filters) => given(filterNames, filters, isSound)

export const toneOf = (status: number): Tone =>
  status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good'
