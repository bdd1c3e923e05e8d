/**
 * May this message be sent to this contact now?
 *
 * The only place that answers. Campaigns, journeys and the API all pass through
 * here, in this order, and the first "no" is recorded on the message:
 *
 *   cancelled meanwhile -> expired -> suppressed -> unsubscribed
 *
 * Only marketing asks for consent: people who unsubscribed still get their password
 * reset. Nothing skips suppression. The intent's statement (store/intend.ts) reads
 * the facts and moves the row in one go, so no unsubscribe can slip between.
 */
export interface Facts {
  readonly kind: 'system' | 'transactional' | 'marketing'
  readonly expired: boolean
  readonly suppressed: boolean
  readonly unsubscribed: boolean
}

export type Verdict =
  | { go: true }
  | { go: false; status: 'skipped' | 'expired'; reason: SkipReason; detail: string }

export type SkipReason = 'expired' | 'suppressed' | 'unsubscribed'

export function gate(facts: Facts): Verdict {
  if (facts.expired)
    return {
      go: false,
      status: 'expired',
      reason: 'expired',
      detail: 'Its time was over before it could be sent.',
    }
  if (facts.suppressed)
    return {
      go: false,
      status: 'skipped',
      reason: 'suppressed',
      detail: 'The address is on the suppression list.',
    }
  if (facts.kind === 'marketing' && facts.unsubscribed) {
    return {
      go: false,
      status: 'skipped',
      reason: 'unsubscribed',
      detail: 'The contact has unsubscribed from this topic or channel.',
    }
  }
  return { go: true }
}
