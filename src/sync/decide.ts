/** Who is right about a field of a contact when both sides have something. Pure. */
import { createHash } from 'node:crypto'
import type { Rule } from '../connectors/mapping.ts'

const MARK = 8 // hex digits, enough to see that something changed. No secret: who has it can try what it was made of, and it goes with its contact

export interface Claim {
  readonly rule: Rule
  readonly ours: unknown
  readonly theirs: unknown
  /** Of what they last said; undefined: they said nothing yet. */
  readonly before: string | undefined
  /** When they changed it; null: that is not known. */
  readonly theirsAt: Date | null
  /** When anything of the contact was last changed here. */
  readonly oursAt: Date
}

/** Whether what they say is taken. */
export function isTheirs({ rule, ours, theirs, before, theirsAt, oursAt }: Claim): boolean {
  const mark = markOf(theirs)
  if (mark === markOf(ours)) return false // nothing to take
  if (isEmpty(ours)) return true
  if (rule !== 'newest') return rule === 'theirs'
  if (before !== undefined) {
    if (mark === before) return false // it is ours that changed
    if (markOf(ours) === before) return true
  }
  return theirsAt === null || theirsAt > oursAt
}

export function markOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('hex')
    .slice(0, MARK)
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === ''
