/**
 * Templates ready to use: which version a name means now, and each version compiled once.
 *
 * Which version is current is kept for a moment; versions never change, so what was
 * compiled stays until it is pushed out.
 */
import { LRUCache } from 'lru-cache'
import type { ChannelId } from '../channels/channel.ts'
import type { Db } from '../db/db.ts'
import { createCache } from '../lib/cache.ts'
import { type CompiledEmail, compileEmail } from './compileEmail.ts'
import { localeChain, wrapDirection } from './locale.ts'
import { mjmlToHtml } from './mjml.ts'
import { prepareHtml } from './prepareHtml.ts'
import type { Content } from './schema.ts'
import { findTemplate, findVersion, type VersionRow } from './store.ts'
import { TemplateError } from './templateError.ts'
import type { DeclaredVariable } from './variables.ts'

const TTL_MS = 1_000
const MAX_NAMES = 20_000
const MAX_COMPILED = 1_000

export interface UsableTemplate {
  readonly id: string
  readonly name: string
  readonly channel: ChannelId
  readonly version: number
  readonly variables: readonly DeclaredVariable[]
  readonly hasHtml: boolean
}

export interface CompiledVersion {
  readonly email: CompiledEmail
  readonly variables: readonly DeclaredVariable[]
  /** The locale whose content was chosen. */
  readonly locale: string
  /** Sentences for the author. */
  readonly warnings: readonly string[]
}

/** How a version is to be compiled; each combination is kept by itself. */
export interface Use {
  readonly workspaceId: string
  readonly templateId: string
  readonly version: number
  readonly locale: string
  /** False for channels that carry text only. */
  readonly html: boolean
  readonly trackOpens: boolean
  readonly trackClicks: boolean
  /** With a hidden link. Says nothing about where the others lead. */
  readonly honeypot?: boolean
}

export interface TemplateDirectory {
  /** By id or name; undefined when there is none. */
  find(workspaceId: string, idOrName: string): Promise<UsableTemplate | undefined>
  /** Already compiled, or undefined. */
  peek(use: Use): CompiledVersion | undefined
  compile(use: Use): Promise<CompiledVersion>
  forget(workspaceId: string): void
}

export function createTemplateDirectory(db: Db, trackingOrigin: string): TemplateDirectory {
  const names = createCache({
    load: (key: string) => load(db, key.slice(0, 36), key.slice(37)),
    ttlMs: TTL_MS,
    max: MAX_NAMES,
  })
  const compiled = new LRUCache<string, CompiledVersion>({ max: MAX_COMPILED })
  const compile = async (use: Use) => {
    const version = await findVersion(db.engine, use.workspaceId, use.templateId, use.version)
    if (!version) throw new TemplateError(`Version ${use.version} of the template is gone.`, null)
    return compileVersion(version, use, trackingOrigin)
  }
  return {
    find: async (workspaceId, idOrName) => names.get(`${workspaceId} ${idOrName}`),
    peek: (use) => compiled.get(keyOf(use)),
    async compile(use) {
      const version = compiled.get(keyOf(use)) ?? (await compile(use))
      compiled.set(keyOf(use), version)
      return version
    },
    forget: () => names.clear(),
  }
}

const keyOf = (use: Use) =>
  `${use.workspaceId} ${use.templateId} ${use.version} ${use.locale} ${use.html} ${use.trackOpens} ${use.trackClicks} ${use.honeypot === true}`

async function load(
  db: Db,
  workspaceId: string,
  idOrName: string,
): Promise<UsableTemplate | undefined> {
  const template = await findTemplate(db.engine, workspaceId, idOrName)
  const version =
    template && (await findVersion(db.engine, workspaceId, template.id, template.version))
  if (!template || !version) return undefined
  const hasHtml = Object.values(version.contents).some(
    (content) => content.html !== undefined || content.mjml !== undefined,
  )
  return {
    id: template.id,
    name: template.name,
    channel: template.channel,
    version: template.version,
    variables: version.variables,
    hasHtml,
  }
}

/** The content for a locale by the fallback chain: es-AR, es, then the template's default. */
function chooseContent(version: Pick<VersionRow, 'contents' | 'defaultLocale'>, locale: string) {
  const chain = localeChain(locale, version.defaultLocale)
  const names = new Map(Object.keys(version.contents).map((name) => [name.toLowerCase(), name]))
  const chosen =
    chain.map((name) => names.get(name.toLowerCase())).find((name) => name !== undefined) ??
    version.defaultLocale
  return { locale: chosen, content: version.contents[chosen] ?? ({} as Content) }
}

export async function compileVersion(
  version: Pick<VersionRow, 'contents' | 'defaultLocale' | 'variables'>,
  use: Pick<Use, 'locale' | 'html' | 'trackOpens' | 'trackClicks' | 'honeypot'>,
  trackingOrigin: string,
): Promise<CompiledVersion> {
  const { locale, content } = chooseContent(version, use.locale)
  const source = content.mjml === undefined ? content.html : await mjmlToHtml(content.mjml)
  const prepared = source === undefined ? null : await prepareHtml(wrapDirection(source, locale))
  const html = prepared?.html ?? null
  const text = content.text ?? null
  const email = compileEmail({
    subject: content.subject ?? '',
    html: use.html || text === null ? html : null,
    text,
    trackOpens: use.html && use.trackOpens,
    trackClicks: use.html && use.trackClicks,
    honeypot: use.html && use.honeypot === true,
    trackingOrigin,
    locale,
  })
  return { email, variables: version.variables, locale, warnings: prepared?.warnings ?? [] }
}
