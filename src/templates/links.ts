/**
 * The links of an email: which are tracked, which are left alone, which are refused.
 *
 * Only http and https are tracked. Left alone: mailto, tel, sms and other
 * schemes, anchors, relative and private addresses, links marked data-notrack,
 * those to the unsubscribe and preference pages, and what already points at our
 * own tracking host. Refused: schemes that run code or carry a page with them,
 * user names in addresses (http://bank.example@evil.example) and control characters.
 */
import { isIP } from 'node:net'
import { isBlockedAddress } from '../lib/ssrf.ts'
import { decodeEntities } from './entities.ts'
import { readTags } from './htmlTags.ts'
import { type Position, TemplateError } from './templateError.ts'

/** Every href of a clickable element, tracked or not. */
export interface Href {
  readonly start: number
  readonly end: number
  readonly quoted: boolean
  /** The value as it was written. */
  readonly source: string
  readonly dynamic: boolean
  readonly fate: Fate
}

export type Fate =
  | { readonly go: 'track'; readonly url: string }
  | { readonly go: 'keep' }
  | { readonly go: 'refuse'; readonly why: string }

export interface LinkRules {
  /** Braces are text. */
  readonly literal?: boolean | undefined
  /** Origin of our tracking links, which are never wrapped again. */
  readonly trackingOrigin?: string | undefined
}

const LIQUID = /\{\{|\{%|\{[A-Za-z_]\w*(?:\.\w+)*\}/
const OUR_PAGES = /\b(?:unsubscribe_url|preferences_url)\b/
const CLICKABLE = /^(?:a|area|v:.+)$/ // v: is VML, Outlook's buttons

/** Throws TemplateError that names the first link that is refused. */
export function refuseUnsafe(hrefs: readonly Href[], position: (offset: number) => Position): void {
  for (const { source, start, fate } of hrefs) {
    if (fate.go !== 'refuse') continue
    throw new TemplateError(`The link "${shorten(source)}" ${fate.why}.`, position(start))
  }
}

export function findHrefs(html: string, rules: LinkRules = {}): Href[] {
  const hrefs: Href[] = []
  for (const tag of readTags(html, rules.literal).starts) {
    if (!CLICKABLE.test(tag.name)) continue
    const untracked = tag.attributes.some(({ name }) => name === 'data-notrack')
    for (const { name, start, end, quoted } of tag.attributes) {
      if (name !== 'href') continue
      const source = html.slice(start, end)
      hrefs.push({ start, end, quoted, source, ...fateOf(source, untracked, rules) })
    }
  }
  return hrefs
}

function fateOf(source: string, untracked: boolean, rules: LinkRules) {
  const liquid = rules.literal ? null : LIQUID.exec(source)
  const fate = liquid
    ? dynamicFate(decodeEntities(source.slice(0, liquid.index)), source)
    : urlFate(decodeEntities(source), rules)
  const kept: Fate = untracked && fate.go === 'track' ? { go: 'keep' } : fate
  return { dynamic: liquid !== null, fate: kept }
}

/** What is known before rendering: the text up to the first variable. */
function dynamicFate(prefix: string, source: string): Fate {
  const scheme = schemeOf(prefix)
  if (scheme !== null && UNSAFE.has(scheme)) return refuse(`may not use ${scheme}:`)
  if (OUR_PAGES.test(source)) return { go: 'keep' }
  const unknown = scheme === null && prefix.trim() === ''
  return unknown || isHttp(scheme) ? { go: 'track', url: '' } : { go: 'keep' }
}

function isHttp(scheme: string | null): boolean {
  return scheme === 'http' || scheme === 'https'
}

const UNSAFE = new Set(['javascript', 'data', 'vbscript', 'file', 'blob', 'filesystem'])

/** The fate of a finished URL, before or after rendering. */
export function urlFate(text: string, rules: LinkRules = {}): Fate {
  const scheme = schemeOf(text)
  if (scheme !== null && UNSAFE.has(scheme)) return refuse(`may not use ${scheme}:`)
  if (!isHttp(scheme)) return { go: 'keep' }
  const trimmed = text.trim()
  if (/[\u0000-\u001f\u007f]/.test(trimmed)) return refuse('holds control characters')
  const url = URL.parse(trimmed)
  if (url === null) return { go: 'keep' }
  if (url.username !== '' || url.password !== '') return refuse('may not hold a user name')
  if (isPrivate(url.hostname) || url.origin === rules.trackingOrigin) return { go: 'keep' }
  // As it was written where that can stand in a Location header, else percent-encoded.
  return { go: 'track', url: /^[\x21-\x7e]+$/.test(trimmed) ? trimmed : url.href }
}

function refuse(why: string): Fate {
  return { go: 'refuse', why }
}

/** As a browser reads it: without leading blanks, and without tabs and line ends anywhere. */
function schemeOf(text: string): string | null {
  const bare = text.replace(/[\t\n\r]/g, '').replace(/^[\u0000-\u0020]+/, '')
  return /^([a-z][a-z0-9+.-]*):/i.exec(bare)?.[1]?.toLowerCase() ?? null
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? /(?:^|\.)localhost$/.test(host) : isBlockedAddress(host)
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
