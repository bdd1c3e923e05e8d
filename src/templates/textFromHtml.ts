/** The text part of an email that comes without one: what a reader would see, links included. */
import { convert, type HtmlToTextOptions } from 'html-to-text'
import { MAX_SOURCE } from './limits.ts'
import { protect } from './protect.ts'

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']

const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxDepth: 300, maxInputLength: 2 * MAX_SOURCE },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } }, // RFC 3986 appendix C
    { selector: 'img', format: 'alternative' },
    { selector: 'style', format: 'skip' },
    { selector: 'script', format: 'skip' },
    ...headings.map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', options: { uppercaseHeaderCells: false } },
  ],
  formatters: {
    alternative: (element, _walk, builder) => {
      const alt: unknown = element.attribs?.alt
      if (typeof alt === 'string' && alt !== '') builder.addInline(alt)
    },
  },
}

const MAX_DEPTH = 1_000 // elements in each other; the parser's time grows with its square
const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i

/** Liquid survives, so that the result is a template like its source; with `literal` it is plain text. */
export function textFromHtml(html: string, literal = false): string {
  if (literal) return toText(html)
  const { text, restore } = protect(html)
  // A brace that was written as an entity is now a brace; keep it from becoming Liquid.
  const plain = toText(text).replace(/\{(?=[{%]|[A-Za-z_][\w.]*\})/g, '{{ "{" }}')
  return restore(plain).text // what stood in attributes is gone, and rightly so
}

function toText(html: string): string {
  return isTooDeep(html) ? html.replace(/<[^<>]*>/g, ' ').trim() : convert(html, OPTIONS)
}

function isTooDeep(html: string): boolean {
  let depth = 0
  for (const [, slash, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (slash) depth = Math.max(depth - 1, 0)
    else if (!VOID.test(name!) && ++depth > MAX_DEPTH) return true
  }
  return false
}
