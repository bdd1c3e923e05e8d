/** Filling the slots of one message's HTML: link targets, the hidden link and the pixel. */
import { HONEYPOT_LINK } from '../lib/token.ts'
import { decodeEntities } from './entities.ts'
import { escapeHtml, type SlotHost } from './frame.ts'
import { type LinkRules, urlFate } from './links.ts'
import { TemplateError } from './templateError.ts'

/** What differs between two messages of one template, besides their variables. */
export interface EmailLinks {
  /** The tracking URL of a link, by its index. */
  click(index: number): string
  /** The pixel's URL; null for none. */
  readonly pixel: string | null
  readonly unsubscribe: string
  readonly preferences: string
}

export type EmailSlot = LinkSlot | EndSlot

/** What stands last in the body. */
type EndKind = 'honeypot' | 'pixel'

interface EndSlot {
  readonly kind: EndKind
  readonly start: number
  readonly end: number
}

interface LinkSlot {
  readonly kind: 'link'
  readonly start: number
  readonly end: number
  /** Its number; null when it is only held to be safe, not tracked. */
  readonly index: number | null
  readonly quoted: boolean
  /** The target depends on the message. */
  readonly dynamic: boolean
}

export interface SlotPlan {
  /** In source order. */
  readonly slots: readonly EmailSlot[]
  /** By link index; null where it depends on the message. */
  readonly destinations: readonly (string | null)[]
  /** The same with '' for null, shared by all messages that change nothing. */
  readonly fixed: readonly string[]
  readonly rules: LinkRules
}

/** The host of one render; `destinations` is to be read after it. */
export function fillSlots(plan: SlotPlan, links: EmailLinks) {
  const registry = new Destinations(plan)
  const host: SlotHost = {
    fill(id, content) {
      const slot = plan.slots[id]!
      if (slot.kind !== 'link') return endOf(slot.kind, links)
      const target = escapeHtml(targetOf(slot, content, plan, links, registry))
      return slot.quoted ? target : `"${target}"`
    },
  }
  return { host, destinations: () => registry.all }
}

function targetOf(
  slot: LinkSlot,
  content: string,
  { rules }: SlotPlan,
  links: EmailLinks,
  registry: Destinations,
): string {
  if (!slot.dynamic && slot.index !== null) return links.click(slot.index)
  const fate = urlFate(content, rules)
  if (fate.go === 'refuse') return '#'
  const ours = content === links.unsubscribe || content === links.preferences
  if (fate.go === 'keep' || slot.index === null || ours) return content
  return links.click(registry.indexOf(slot.index, fate.url))
}

/** Link indexes of one message. Loops repeat a link with other targets; those get indexes of their own. */
class Destinations {
  readonly #plan: SlotPlan
  #own: string[] | null = null
  readonly #extra = new Map<string, number>()

  constructor(plan: SlotPlan) {
    this.#plan = plan
  }

  get all(): readonly string[] {
    return this.#own ?? this.#plan.fixed
  }

  indexOf(index: number, url: string): number {
    this.#own ??= [...this.#plan.fixed]
    if (this.#own[index] === '') this.#own[index] = url
    if (this.#own[index] === url) return index
    const known = this.#extra.get(url)
    if (known !== undefined) return known
    const next = this.#own.push(url) - 1
    checkLinks(next)
    this.#extra.set(url, next)
    return next
  }
}

/** The token holds an index in two bytes, and the last one is the hidden link's. */
export function checkLinks(index: number): void {
  if (index >= HONEYPOT_LINK) throw new TemplateError('A message has at most 65,535 links.')
}

/** For nobody: neither seen, nor read aloud, nor reached by keys. Without an offset, so that it widens no right-to-left mail. */
function hiddenLink(url: string): string {
  return `<a href="${escapeHtml(url)}" rel="nofollow" tabindex="-1" aria-hidden="true" style="display:block;width:1px;height:1px;overflow:hidden"></a>`
}

function endOf(kind: EndKind, links: EmailLinks): string {
  return kind === 'pixel' ? pixelTag(links.pixel) : hiddenLink(links.click(HONEYPOT_LINK))
}

function pixelTag(url: string | null): string {
  if (url === null) return ''
  return `<img src="${escapeHtml(url)}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`
}

/** The text with its slots filled, where nothing else is to be rendered. */
export function fillText(text: string, slots: readonly EmailSlot[], host: SlotHost | null): string {
  if (host === null) return text
  let filled = ''
  let copied = 0
  for (const [id, { start, end }] of slots.entries()) {
    filled += text.slice(copied, start)
    filled += host.fill(id, decodeEntities(text.slice(start, end)))
    copied = end
  }
  return filled + text.slice(copied)
}
