/**
 * Where a link leads. Never said by the URL: only by what was kept when the message was
 * made, so that no token can be made to lead elsewhere.
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

const KEPT = 100_000 // destinations; about 300 bytes each
const GROUP = 500 // look-ups in one statement
const GROUPS_AT_ONCE = 2
const PATIENCE_MS = 3_000

export interface Destinations {
  /** Null when the link leads nowhere (any more). A promise only when the database is asked; it may reject. */
  find(link: TokenContent): string | null | Promise<string | null>
}

export function createDestinations(options: {
  db: Pick<Db, 'engine'>
  templates: TemplateDirectory
}): Destinations {
  const known = new LRUCache<string, string>({ max: KEPT })
  const batcher = createBatcher<TokenContent, string | null>({
    run: async (links) => {
      const facts = await within(PATIENCE_MS, findLinks(options.db.engine, links))
      return Promise.all(
        facts.map((row, at) => destination(row, links[at]!.linkIndex, options.templates)),
      )
    },
    maxWeight: GROUP,
    concurrency: GROUPS_AT_ONCE,
  })
  return {
    find(link) {
      const key = `${link.workspaceNumber} ${link.messageId} ${link.linkIndex}`
      const cached = known.get(key)
      if (cached !== undefined) return cached
      return batcher.add(link).then((url) => {
        if (url !== null) known.set(key, url)
        return url
      })
    },
  }
}

async function destination(
  facts: LinkFacts | undefined,
  index: number,
  templates: TemplateDirectory,
): Promise<string | null | Error> {
  if (!facts) return null
  if (facts.url !== null) return safeUrl(facts.url)
  const url = (await staticLinks(facts, facts.workspaceId, templates))[index]
  return url == null ? null : safeUrl(url)
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
export function safeUrl(text: string): string | null {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return /^https?:\/\/[\x21-\x7e]+$/i.test(text) && !text.includes('\\') ? text : url.href
}
