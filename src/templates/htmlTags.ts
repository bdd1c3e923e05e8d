/**
 * Finds start tags and their attributes in HTML that may hold Liquid.
 *
 * Parsers for HTML do not know that the quote in `href="{{ url | default: "x" }}"`
 * ends nothing. This one skips Liquid wherever it stands, also inside tags, and
 * does no more: no tree, no corrections. Linear. Comments, scripts and styles
 * are passed over, but not the conditional comments for Outlook: their buttons
 * have links.
 */
import { liquidEnd } from './scan.ts'

export interface Attribute {
  /** Lower case. */
  readonly name: string
  /** Where the value stands, without its quotes; empty for an attribute without one. */
  readonly start: number
  readonly end: number
  readonly quoted: boolean
}

export interface StartTag {
  /** Lower case. */
  readonly name: string
  /** Behind the name: where an attribute can be added. */
  readonly nameEnd: number
  readonly attributes: readonly Attribute[]
}

export interface Tags {
  readonly starts: readonly StartTag[]
  /** Offset of the last `</body`, or -1. */
  readonly bodyEnd: number
}

const RAW_TEXT = new Set(['style', 'script', 'textarea', 'title', 'xmp'])
const TAG_NAME = /[a-zA-Z][^\s/>{]*/y

/** With `literal`, braces are text like any other. */
export function readTags(html: string, literal = false): Tags {
  const mark = literal ? /</g : /<|\{\{|\{%/g
  const starts: StartTag[] = []
  let bodyEnd = -1
  let at = 0
  for (mark.lastIndex = 0; mark.test(html); mark.lastIndex = at) {
    const begin = mark.lastIndex - (html[mark.lastIndex - 1] === '<' ? 1 : 2)
    const tag = html[begin] === '<' ? readTagAt(html, begin, literal) : null
    if (tag !== null) {
      starts.push(tag.start)
      at = RAW_TEXT.has(tag.start.name) ? rawTextEnd(html, tag.start.name, tag.end) : tag.end
    } else {
      if (BODY_END.test(html.slice(begin, begin + 8))) bodyEnd = begin
      at = skipOther(html, begin)
    }
  }
  return { starts, bodyEnd }
}

const BODY_END = /^<\/body\b/i

function readTagAt(html: string, begin: number, literal: boolean) {
  TAG_NAME.lastIndex = begin + 1
  const name = TAG_NAME.exec(html)?.[0]
  return name === undefined ? null : readTag(html, name, begin + 1 + name.length, literal)
}

/** Behind the Liquid, the comment, or the `<` that begins neither. */
function skipOther(html: string, begin: number): number {
  if (html[begin] === '{') return endOrRest(html, liquidEnd(html, begin))
  return html.startsWith('<!--', begin) ? commentEnd(html, begin) : begin + 1
}

function endOrRest(html: string, end: number): number {
  return end === -1 ? html.length : end
}

/** Only the opening of `<!--[if mso]>` is skipped: what follows is markup for Outlook. */
function commentEnd(html: string, begin: number): number {
  const close = html.startsWith('<!--[if', begin) ? ']>' : '-->'
  const end = html.indexOf(close, begin + 4)
  return endOrRest(html, end === -1 ? -1 : end + close.length)
}

function rawTextEnd(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}`, 'gi')
  close.lastIndex = from
  return endOrRest(html, close.exec(html)?.index ?? -1)
}

const ATTRIBUTE_NAME = /[^\s=/>{"']+/y
const EQUALS = /\s*=\s*/y

function readTag(html: string, name: string, nameEnd: number, literal: boolean) {
  const attributes: Attribute[] = []
  let at = nameEnd
  while (at < html.length && html[at] !== '>') {
    const skipped = literal ? at : skipLiquid(html, at)
    ATTRIBUTE_NAME.lastIndex = at
    const word = skipped === at ? ATTRIBUTE_NAME.exec(html)?.[0] : undefined
    if (word === undefined) {
      at = skipped === at ? at + 1 : skipped
      continue
    }
    const value = readValue(html, at + word.length, literal)
    attributes.push({ name: word.toLowerCase(), ...value.span })
    at = value.end
  }
  const start: StartTag = { name: name.toLowerCase(), nameEnd, attributes }
  return { start, end: Math.min(at + 1, html.length) }
}

function readValue(html: string, from: number, literal: boolean) {
  EQUALS.lastIndex = from
  if (EQUALS.exec(html) === null) {
    return { span: { start: from, end: from, quoted: false }, end: from }
  }
  const begin = EQUALS.lastIndex
  const quote = html[begin] === '"' || html[begin] === "'" ? html[begin] : undefined
  const start = quote === undefined ? begin : begin + 1
  let at = start
  while (at < html.length && !endsValue(html[at]!, quote)) {
    const skipped = literal ? at : skipLiquid(html, at)
    at = skipped === at ? at + 1 : skipped
  }
  const span = { start, end: at, quoted: quote !== undefined }
  return { span, end: quote === undefined ? at : Math.min(at + 1, html.length) }
}

function endsValue(char: string, quote: string | undefined): boolean {
  return quote === undefined ? /[\s>]/.test(char) : char === quote
}

function skipLiquid(html: string, at: number): number {
  if (html[at] !== '{' || (html[at + 1] !== '{' && html[at + 1] !== '%')) return at
  return endOrRest(html, liquidEnd(html, at))
}
