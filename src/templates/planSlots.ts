/** Which places of an email's HTML become slots: links by their fate, the hidden link's and the pixel's. */
import { checkLinks, type EmailSlot, type SlotPlan } from './fillSlots.ts'
import { readTags } from './htmlTags.ts'
import type { Href, LinkRules } from './links.ts'

export interface Tracking {
  readonly trackClicks: boolean
  readonly trackOpens: boolean
  /** Where clicks are tracked, a link that only machines follow stands beside the others. */
  readonly honeypot?: boolean | undefined
  /** The content is not a template: braces are text. */
  readonly literal?: boolean | undefined
  /** Origin of our tracking links, which are never wrapped again. */
  readonly trackingOrigin?: string | undefined
}

/** Slots for what is tracked, for targets that are only known later, and for what stands last. */
export function planSlots(text: string, hrefs: readonly Href[], tracking: Tracking): SlotPlan {
  const slots: EmailSlot[] = []
  const destinations: (string | null)[] = []
  for (const { start, end, quoted, dynamic, fate } of hrefs) {
    const url = tracking.trackClicks && fate.go === 'track' ? fate.url : null
    if (url === null && !dynamic) continue
    const index = url === null ? null : destinations.push(dynamic ? null : url) - 1
    slots.push({ kind: 'link', start, end, index, quoted, dynamic })
  }
  checkLinks(destinations.length - 1)
  // Mail without a tracked link has no clicks that a hidden one could tell about.
  const honeypot = tracking.honeypot === true && destinations.length > 0
  if (honeypot || tracking.trackOpens) {
    const { bodyEnd } = readTags(text, tracking.literal)
    const at = bodyEnd === -1 ? text.length : bodyEnd
    if (honeypot) slots.push({ kind: 'honeypot', start: at, end: at })
    if (tracking.trackOpens) slots.push({ kind: 'pixel', start: at, end: at })
    slots.sort((a, b) => a.start - b.start)
  }
  const fixed = destinations.map((url) => url ?? '')
  return { slots, destinations, fixed, rules: rulesOf(tracking) }
}

export function rulesOf(tracking: Tracking): LinkRules {
  return { literal: tracking.literal, trackingOrigin: tracking.trackingOrigin }
}
