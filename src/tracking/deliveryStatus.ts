/**
 * The machine-readable parts of reports: groups of fields as in a message's header,
 * separated by empty lines (RFC 3464 §2.1, RFC 5965 §3.1).
 */
import { type BounceCategory, categorise, statusIn } from './bounceCategory.ts'

export type BounceAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

export interface BouncedRecipient {
  /** As we addressed it, when the report says so (Original-Recipient), else where it ended up. */
  readonly address: string
  readonly action: BounceAction
  /** RFC 3463, such as 5.1.1; null when the report has none. */
  readonly status: string | null
  readonly diagnostic: string
  readonly category: BounceCategory
  /** The address will never work. */
  readonly hard: boolean
}

export type Fields = ReadonlyMap<string, string>

const MAX_GROUPS = 200
const MAX_FIELD = 4000 // characters
const MAX_DIAGNOSTIC = 1000 // characters kept
const actions: ReadonlySet<string> = new Set([
  'failed',
  'delayed',
  'delivered',
  'relayed',
  'expanded',
])

/** Lower-case names; of a field that comes twice the first value counts. */
export function readFieldGroups(text: string): Fields[] {
  const groups: Map<string, string>[] = [new Map()]
  let name = ''
  for (const line of text.split(/\r?\n/)) {
    const group = groups.at(-1)!
    if (line.trim() === '') {
      if (group.size > 0) groups.push(new Map())
      if (groups.length > MAX_GROUPS) break
      name = ''
    } else if (/^[ \t]/.test(line) && name !== '') {
      const value = `${group.get(name)} ${line.trim()}`
      group.set(name, value.slice(0, MAX_FIELD))
    } else {
      const colon = line.indexOf(':')
      name = colon > 0 ? line.slice(0, colon).trim().toLowerCase() : ''
      if (name !== '' && !group.has(name))
        group.set(
          name,
          line
            .slice(colon + 1)
            .trim()
            .slice(0, MAX_FIELD),
        )
    }
  }
  return groups.filter((group) => group.size > 0)
}

/** The recipients of a delivery status; the group about the whole message has none. */
export function readRecipients(text: string): BouncedRecipient[] {
  return readFieldGroups(text).flatMap((fields) => {
    const address =
      addressIn(fields.get('original-recipient')) ?? addressIn(fields.get('final-recipient'))
    if (address === null) return []
    const diagnostic = (fields.get('diagnostic-code') ?? '').replace(/^[\w-]+\s*;\s*/, '')
    return [recipient(address, actionOf(fields), fields.get('status') ?? '', diagnostic)]
  })
}

export function recipient(
  address: string,
  action: BounceAction,
  statusText: string,
  diagnostic: string,
): BouncedRecipient {
  const status = statusIn(statusText) ?? statusIn(diagnostic)
  const { category, hard } = categorise({ status: statusIn(statusText), diagnostic })
  return {
    address,
    action,
    status,
    diagnostic: diagnostic.slice(0, MAX_DIAGNOSTIC),
    category,
    hard: hard && action === 'failed',
  }
}

/** The address in `rfc822; <a@b.test>`, `a@b.test` or `utf-8; …` (RFC 6533), or null. */
export function addressIn(field: string | undefined): string | null {
  const value = (field ?? '').replace(/^[\w-]+\s*;\s*/, '')
  const found = /<([^<>\s]{1,320})>|([^\s<>;,"'()]{1,320}@[^\s<>;,"'()]{1,255})/.exec(
    value.slice(0, 1000),
  )
  const address = found?.[1] ?? found?.[2] ?? null
  return address?.includes('@') ? address.replace(/[.:]+$/, '') : null
}

/** Servers that leave the action out mean failed when the status is permanent. */
function actionOf(fields: Fields): BounceAction {
  const action = /^[a-z]+/.exec((fields.get('action') ?? '').toLowerCase())?.[0] ?? ''
  if (actions.has(action)) return action as BounceAction // a member of the set, so one of the union
  return fields.get('status')?.startsWith('4') ? 'delayed' : 'failed'
}
