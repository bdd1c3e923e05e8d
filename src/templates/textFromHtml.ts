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

/** Liquid survives, so that the result is a template like its source; with `literal` it is plain text. */
export function textFromHtml(html: string, literal = false): string {
  if (literal) return convert(html, OPTIONS)
  const { text, restore } = protect(html)
  const converted = convert(text, OPTIONS)
  // A brace that was written as an entity is now a brace; keep it from becoming Liquid.
  const plain = converted.replace(/\{(?=[{%]|[A-Za-z_][\w.]*\})/g, '{{ "{" }}')
  return restore(plain).text // what stood in attributes is gone, and rightly so
}
