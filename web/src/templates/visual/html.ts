/**
 * Reads HTML with Liquid in it, strictly: what is not closed as it was opened is refused rather than guessed at,
 * since a guess would change what somebody wrote. Every piece knows where it stands in the source.
 */
interface At {
  readonly from: number
  readonly to: number
}
export interface Element extends At {
  readonly kind: 'element'
  readonly tag: string
  /** As written, with the space before. */
  readonly attributes: string
  readonly children: readonly Piece[]
  readonly innerFrom: number
  readonly innerTo: number
}
export type Piece =
  | Element
  | (At & { readonly kind: 'text'; readonly text: string })
  /** `{{ x }}`, `{x}`, `{% if x %}`; `opens` and `ends` for tags that hold others. */
  | (At & { readonly kind: 'liquid'; readonly source: string; readonly nests: -1 | 0 | 1 })
  /** Comments, doctype, styles, scripts. */
  | (At & { readonly kind: 'other' })

export class Unreadable extends Error {
  override name = 'Unreadable'
}

const TAG =
  /<([a-z][a-z0-9-]*)((?:\s+[^\s=>/"'<]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*(\/?)>/iy
const CLOSING = /<\/([a-z][a-z0-9-]*)\s*>/iy
const SKIPPED =
  /<!--[\s\S]*?-->|<!\[[^>]*>|<!doctype[^>]*>|<(style|script|title)\b[^>]*>[\s\S]*?<\/\1\s*>/iy
const LIQUID = /\{\{[\s\S]*?\}\}|\{%-?\s*(\w+)[\s\S]*?%\}/iy
const NAME = /\{[a-z_]\w*(?:\.\w+)*\}/iy
/** Between these two nothing means anything. */
const VERBATIM = /^\{%-?\s*(raw|comment)\b/i
const OPENERS = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture'])
/** What they hold is no HTML. */
const OPAQUE = new Set(['style', 'script', 'title'])
const MAX_DEPTH = 100 // elements in one another; no mail program shows as many
const VOID = new Set(['br', 'hr', 'img', 'meta', 'link', 'input', 'col', 'wbr', 'area'])

export function parseHtml(source: string): Piece[] {
  const root = { tag: '', attributes: '', from: 0, innerFrom: 0, children: [] as Piece[] }
  const open = [root]
  let at = 0
  const last: Record<string, number> = {
    '{': source.lastIndexOf('}}'),
    '%': source.lastIndexOf('%}'),
  }
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  const add = (piece: Piece) => {
    open.at(-1)!.children.push(piece)
    at = piece.to
  }
  while (at < source.length) {
    const from = at
    // What is never closed is not looked for anew at each brace.
    const liquid =
      source[at] === '{' ? match(at < (last[source[at + 1]!] ?? -1) ? LIQUID : NAME) : null
    if (liquid) {
      const to = verbatimEnd(source, from, liquid[0])
      add({ kind: 'liquid', source: source.slice(from, to), nests: nesting(liquid[1]), from, to })
    } else if (source[at] !== '<') {
      const to = textEnd(source, at)
      add({ kind: 'text', text: source.slice(at, to), from, to })
    } else if (match(SKIPPED)) {
      add({ kind: 'other', ...span(from, match(SKIPPED)!) })
    } else if (match(CLOSING)) {
      const closing = match(CLOSING)!
      const element = open.pop()!
      if (element.tag !== closing[1]!.toLowerCase() || open.length === 0) throw new Unreadable()
      const { to } = span(from, closing)
      add({ kind: 'element', ...element, innerTo: from, to })
    } else {
      const tag = match(TAG)
      if (!tag) throw new Unreadable()
      const begun = { tag: tag[1]!.toLowerCase(), attributes: tag[2]!, from, children: [] }
      at = from + tag[0].length
      if (VOID.has(begun.tag))
        add({ kind: 'element', ...begun, innerFrom: at, innerTo: at, to: at })
      else if (tag[3] || OPAQUE.has(begun.tag) || open.length > MAX_DEPTH) throw new Unreadable()
      else open.push({ ...begun, innerFrom: at })
    }
  }
  if (open.length > 1) throw new Unreadable()
  return root.children
}

const span = (from: number, found: RegExpExecArray) => ({ from, to: from + found[0].length })

/** Where it ends; of `raw` and `comment`, where what they hold does. */
function verbatimEnd(source: string, from: number, opening: string): number {
  const to = from + opening.length
  const word = VERBATIM.exec(opening)?.[1]
  if (word === undefined) return to
  const end = new RegExp(`\\{%-?\\s*end${word}\\s*-?%\\}`, 'gi')
  end.lastIndex = to
  if (!end.test(source)) throw new Unreadable()
  return end.lastIndex
}

function nesting(word: string | undefined): -1 | 0 | 1 {
  if (word === undefined) return 0
  if (OPENERS.has(word)) return 1
  return word.startsWith('end') ? -1 : 0
}

/** A brace that begins nothing is text. */
function textEnd(source: string, from: number): number {
  const rest = source.slice(from + 1).search(/[<{]/)
  return rest < 0 ? source.length : from + 1 + rest
}

const ATTRIBUTE = /([^\s=>/"'<]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?/g

/** The values of these attributes, and all others as they were written. */
export function takeAttributes(
  attributes: string,
  names: readonly string[],
): { readonly taken: Readonly<Record<string, string>>; readonly rest: string } {
  const taken: Record<string, string> = {}
  let rest = ''
  for (const [all, name = '', value = ''] of attributes.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase()
    if (names.includes(key)) taken[key] = decode(value.replace(/^(["'])([\s\S]*)\1$/, '$2'))
    else rest += ` ${all}`
  }
  return { taken, rest }
}

const NAMES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', reg: '®' },
  ...{ trade: '™', hellip: '…', ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“' },
  ...{ rdquo: '”', laquo: '«', raquo: '»', bull: '•', middot: '·', euro: '€', pound: '£' },
  ...{ times: '×', deg: '°', zwnj: '\u200c', zwj: '\u200d', shy: '\u00ad', rarr: '→', larr: '←' },
  ...{ rlm: '\u200f', lrm: '\u200e' },
}

/** Of references it does not know it refuses to say anything. */
export function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (_, decimal, hex, name) => {
    const known = name
      ? NAMES[name]
      : String.fromCodePoint(Math.min(Number.parseInt(decimal ?? hex, decimal ? 10 : 16), 0x10ffff))
    if (known === undefined) throw new Unreadable()
    return known
  })
}
