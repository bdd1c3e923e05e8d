/** The messages that a request made, by what it was answered. */
import { isUuid } from '../../lib/uuid7.ts'

const makes = /^\/notifications(\/send|\/resend|\/:id\/resend)?$/

export function messagesOf(method: string, route: string, answer: unknown): string[] {
  if (method !== 'POST' || !makes.test(route)) return []
  const items: readonly unknown[] =
    has(answer, 'data') && Array.isArray(answer.data) ? answer.data : [answer]
  return items.flatMap(idOf)
}

/** Of many that are sent again, the new ones: what was asked for has its own request. */
function idOf(item: unknown): string[] {
  const id = has(item, 'new_id') ? item.new_id : has(item, 'id') ? item.id : null
  return typeof id === 'string' && isUuid(id) ? [id] : []
}

const has = <Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> =>
  typeof value === 'object' && value !== null && name in value
