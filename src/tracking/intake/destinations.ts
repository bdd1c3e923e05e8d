/**
 * Where a link leads. Never said by the URL: only by what was kept when the message was
 * made, so that no token can be made to lead elsewhere.
 *
 * A message has either all of its links of its own or none (messages/render.ts), so where its
 * template version knows one of them it knows all: one look-up for each message that is clicked.
 */
import { LRUCache } from 'lru-cache'
import type { Db } from '../../db/db.ts'
import { createBatcher } from '../../lib/batcher.ts'
import type { TokenContent } from '../../lib/token.ts'
import { useOf } from '../../messages/render.ts'
import type { TemplateDirectory } from '../../templates/directory.ts'
import { TemplateError } from '../../templates/templateError.ts'
import { findLinks, type LinkFacts } from '../store/messages.ts'
import { within } from './within.ts'

const KEPT = 100_000 // messages whose template knows their links, and as many links of messages' own; about 300 bytes each
const GROUP = 500 // look-ups in one statement
const GROUPS_AT_ONCE = 2
const PATIENCE_MS = 3_000

export interface Destinations {
  /** Null when the link leads nowhere (any more). A promise only when the database is asked; it may reject. */
  find(link: TokenContent): string | null | Promise<string | null>
}

/** By index; null where a link is not its template's, or no web page. */
type Known = readonly (string | null)[]

/** What was found for one link: its own destination, or all of its message's. */
type Found = { readonly own: string | null } | { readonly all: Known }

export function createDestinations(options: {
  db: Pick<Db, 'engine'>
  templates: TemplateDirectory
}): Destinations {
  const { db, templates } = options
  const byMessage = new LRUCache<string, Known>({ max: KEPT })
  const byLink = new LRUCache<string, string>({ max: KEPT })
  const asking = new Map<string, Promise<unknown>>() // the first look-up for each message
  const batcher = createBatcher<TokenContent, Found>({
    run: async (links) => {
      const facts = await within(PATIENCE_MS, findLinks(db.engine, links))
      return Promise.all(facts.map((row) => foundIn(row, templates)))
    },
    maxWeight: GROUP,
    concurrency: GROUPS_AT_ONCE,
  })

  /** Undefined: not known yet. */
  const peek = (message: string, index: number): string | null | undefined => {
    const known = byMessage.get(message)
    return known ? (known[index] ?? null) : byLink.get(`${message} ${index}`)
  }

  const lookUp = async (message: string, link: TokenContent): Promise<string | null> => {
    const found = await batcher.add(link)
    if ('all' in found) {
      const url = found.all[link.linkIndex] ?? null
      if (url !== null) byMessage.set(message, found.all)
      return url
    }
    if (found.own !== null) byLink.set(`${message} ${link.linkIndex}`, found.own)
    return found.own
  }

  const first = (message: string, link: TokenContent): Promise<string | null> => {
    const asked = lookUp(message, link).finally(() => asking.delete(message))
    asking.set(message, asked)
    return asked
  }

  return {
    find(link) {
      const message = `${link.workspaceNumber} ${link.messageId}`
      const known = peek(message, link.linkIndex)
      if (known !== undefined) return known
      const other = asking.get(message)
      if (!other) return first(message, link)
      return other.then(() => peek(message, link.linkIndex) ?? lookUp(message, link))
    },
  }
}

/** An Error is that of this link alone. */
async function foundIn(
  facts: LinkFacts | undefined,
  templates: TemplateDirectory,
): Promise<Found | Error> {
  if (!facts) return { own: null }
  if (facts.url !== null) return { own: safeUrl(facts.url) }
  try {
    return { all: safeUrls(await staticLinks(facts, facts.workspaceId, templates)) }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const safe = new WeakMap<readonly (string | null)[], Known>()

/** Looked at once for each template version. */
function safeUrls(urls: readonly (string | null)[]): Known {
  const known = safe.get(urls)
  if (known) return known
  const all = urls.map((url) => (url === null ? null : safeUrl(url)))
  safe.set(urls, all)
  return all
}

/** Destinations that the message's template version knows, by index; none for inline content. */
export async function staticLinks(
  message: Pick<LinkFacts, 'templateId' | 'templateVersion' | 'locale' | 'channel' | 'flags'>,
  workspaceId: string,
  templates: TemplateDirectory,
): Promise<readonly (string | null)[]> {
  if (message.templateId === null) return []
  const use = useOf({ ...message, workspaceId })
  try {
    const version = templates.peek(use) ?? (await templates.compile(use))
    return version.email.staticDestinations
  } catch (error) {
    if (error instanceof TemplateError) return []
    throw error
  }
}

/** Only web pages, in the spelling that fits a Location header; null for anything else. */
function safeUrl(text: string): string | null {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return /^https?:\/\/[\x21-\x7e]+$/i.test(text) && !text.includes('\\') ? text : url.href
}
