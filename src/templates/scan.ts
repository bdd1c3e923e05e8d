/**
 * The walk over a template's source that comes before parsing.
 *
 * It holds the source to the limits, so that nothing oversized ever reaches the
 * parser, and turns the single-brace variables `{customer_name}` into
 * `{{customer_name}}`, outside Liquid and outside <style> and <script>, whose
 * braces are not ours. Linear in the source's length.
 */
import { MAX_COMMENT_LINES, MAX_NESTING, MAX_SOURCE, MAX_TAGS } from './limits.ts'
import { type Position, positionOf, TemplateError } from './templateError.ts'

export interface Scanned {
  /** Plain Liquid: what the parser gets. */
  readonly text: string
  /** Where an offset of `text` is in the source as it was written. */
  position(offset: number): Position
}

const MARK = /\{\{|\{%|\{[A-Za-z_]\w*(?:\.\w+)*\}|<\/?(?:style|script)\b/gi
const OPENERS = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture'])
const WORDS = /\b(?:if|unless|case|for|tablerow|capture|end\w+)\b/g

export function scan(source: string): Scanned {
  if (source.length > MAX_SOURCE) {
    throw new TemplateError(`A template has at most ${MAX_SOURCE} characters.`)
  }
  const state: State = { source, tags: 0, depth: 0, inside: null }
  const edits: number[] = []
  let text = ''
  let copied = 0
  let at = 0
  for (let mark = next(source, at); mark !== null; mark = next(source, at)) {
    const word = mark[0]
    at = mark.index + word.length
    if (word === '{{' || word === '{%') {
      at = skipLiquid(state, mark.index)
    } else if (word[0] === '<') {
      enterOrLeave(state, word.toLowerCase())
    } else if (state.inside === null) {
      countTag(state, mark.index)
      text += `${source.slice(copied, mark.index)}{${word}}`
      copied = at
      edits.push(text.length)
    }
  }
  return {
    text: edits.length === 0 ? source : text + source.slice(copied),
    position: (offset) => positionOf(source, offset - 2 * countBelow(edits, offset)),
  }
}

interface State {
  readonly source: string
  tags: number
  depth: number
  /** `style` or `script` while inside one. */
  inside: string | null
}

function next(source: string, from: number): RegExpExecArray | null {
  MARK.lastIndex = from
  return MARK.exec(source)
}

function enterOrLeave(state: State, word: string): void {
  const name = word.replace(/[</]/g, '')
  if (word[1] === '/') state.inside = state.inside === name ? null : state.inside
  else state.inside ??= name
}

function countTag(state: State, at: number): void {
  if (++state.tags > MAX_TAGS) {
    throw new TemplateError(
      `A template has at most ${MAX_TAGS} tags and variables.`,
      positionOf(state.source, at),
    )
  }
}

/** Returns the offset behind the Liquid that begins at `begin`. */
function skipLiquid(state: State, begin: number): number {
  const { source } = state
  countTag(state, begin)
  const end = liquidEnd(source, begin)
  if (end === -1) return source.length // the parser names what is not closed
  if (source[begin + 1] === '{') return end
  const content = source.slice(begin + 2, end - 2)
  const name = /^-?\s*(#|\w+)/.exec(content)?.[1] ?? ''
  if (name === 'raw') return behind(source, /\{%-?\s*endraw\b[^%]*%\}/g, end)
  if (name === 'comment') return skipComment(state, end)
  if (name === 'liquid') countLines(state, content, begin)
  else if (name === '#') checkComment(state, content, begin)
  else nest(state, name, begin)
  return end
}

/**
 * Where the `{{ … }}` or `{% … %}` that begins at `begin` ends, or -1. Read as
 * LiquidJS reads it: quotes hide `}}`, but not `%}`.
 */
export function liquidEnd(source: string, begin: number): number {
  if (source[begin + 1] === '%') {
    const close = source.indexOf('%}', begin + 1)
    return close === -1 ? -1 : close + 2
  }
  for (let at = begin + 2; at < source.length; at++) {
    const char = source[at]
    if (char === '"' || char === "'") {
      at = quoteEnd(source, at)
      if (at === -1) return -1
    } else if (char === '}' && source[at + 1] === '}') {
      return at + 2
    }
  }
  return -1
}

function quoteEnd(source: string, begin: number): number {
  for (let at = begin + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === source[begin]) return at
  }
  return -1
}

/** What is commented out is not rendered, but it is parsed, and so it counts. */
function skipComment(state: State, begin: number): number {
  const end = behind(state.source, /\{%-?\s*endcomment\b[^%]*%\}/g, begin)
  for (const mark of state.source.slice(begin, end).matchAll(/\{[{%]/g)) {
    countTag(state, begin + mark.index)
  }
  return end
}

function behind(source: string, closing: RegExp, from: number): number {
  closing.lastIndex = from
  return closing.exec(source) ? closing.lastIndex : source.length
}

function nest(state: State, name: string, at: number): void {
  if (OPENERS.has(name)) state.depth++
  else if (name.startsWith('end') && state.depth > 0) state.depth--
  if (state.depth > MAX_NESTING) {
    throw new TemplateError(
      `Blocks may be nested ${MAX_NESTING} deep.`,
      positionOf(state.source, at),
    )
  }
}

/** Every line of `{% liquid %}` is a tag. */
function countLines(state: State, content: string, at: number): void {
  for (let line = content.indexOf('\n'); line !== -1; line = content.indexOf('\n', line + 1)) {
    countTag(state, at)
  }
  for (const [word] of content.matchAll(WORDS)) nest(state, word, at)
}

function checkComment(state: State, content: string, at: number): void {
  if (content.split('\n', MAX_COMMENT_LINES + 1).length > MAX_COMMENT_LINES) {
    throw new TemplateError(
      `An inline comment has at most ${MAX_COMMENT_LINES} lines; use {% comment %}.`,
      positionOf(state.source, at),
    )
  }
}

function countBelow(sorted: readonly number[], limit: number): number {
  let count = 0
  while (count < sorted.length && sorted[count]! <= limit) count++
  return count
}
