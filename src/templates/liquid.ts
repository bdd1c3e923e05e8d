/**
 * The dialect: LiquidJS as we let templates use it, in this process for parsing
 * and in the sandbox's workers for rendering.
 *
 * Partials are left out altogether, so nothing can name a file. Filters on
 * INLINE_FILTERS are pure, take linear time and charge LiquidJS's memory limit;
 * templates that use only those are compiled by us, the rest runs in a worker.
 */
import { Liquid, LiquidError } from 'liquidjs'
import { formatDate } from './formatDate.ts'
import { MAX_MEMORY, MAX_SOURCE } from './limits.ts'

export interface Dialect {
  /** What is printed by `{{ }}` is HTML-escaped unless its last filter is `raw`. */
  readonly escape: 'html' | 'none'
  /** IANA name; where the date filter is. Default UTC. */
  readonly timeZone?: string | undefined
  /** BCP 47; names of months and days. Default en. */
  readonly locale?: string | undefined
}

export const INLINE_FILTERS: ReadonlySet<string> = new Set(
  `abs append at_least at_most capitalize ceil compact concat date default divided_by downcase
  escape escape_once first floor join json last lstrip map minus modulo newline_to_br plus prepend
  raw remove remove_first remove_last replace replace_first replace_last reverse round rstrip size
  slice sort sort_natural split squish strip strip_html strip_newlines sum times truncate
  truncatewords uniq upcase url_decode url_encode where`.split(/\s+/),
)

const REFUSED_TAGS = ['include', 'render', 'layout', 'block']

/** `worker` renders there: with LiquidJS's own output escape and clock. */
export function createLiquid(dialect: Dialect, worker?: { renderLimitMs: number }): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    dynamicPartials: false,
    templates: {},
    parseLimit: MAX_SOURCE + 4_000, // single braces have become double ones
    memoryLimit: MAX_MEMORY,
    locale: dialect.locale ?? 'en',
    timezoneOffset: dialect.timeZone ?? 'UTC',
    ...(worker ? { renderLimit: worker.renderLimitMs } : {}),
    ...(worker && dialect.escape === 'html' ? { outputEscape: 'escape' as const } : {}),
  })
  for (const name of REFUSED_TAGS) delete liquid.tags[name]
  liquid.registerFilter('date', formatDate)
  return liquid
}

/** What went wrong, and at which offset of the scanned text. */
export function readFault(error: unknown): { message: string; begin: number | null } {
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return { message: 'The template is nested too deeply.', begin: null }
  }
  if (!(error instanceof Error)) return { message: String(error), begin: null }
  // LiquidJS ends its messages with a position, which would be that of the scanned text.
  const message = error.message.replace(/, line:\d+, col:\d+$/, '')
  return { message, begin: LiquidError.is(error) ? error.token.begin : null }
}
