/**
 * What a piece of HTML is in the visual editor, as a node of its document (see schema.ts). Whatever it would not
 * give back as it was is refused, and stays as it is written.
 */
import type { JSONContent } from '@tiptap/core'
import { decode, type Element, type Piece, parseHtml, takeAttributes, Unreadable } from './html.ts'
import { writeBlocks } from './write.ts'

type Mark = NonNullable<JSONContent['marks']>[number]

const BOXES = new Set([
  ...['div', 'center', 'section', 'article', 'main', 'header', 'footer', 'blockquote'],
])
const BLOCKS = new Set([
  ...[...BOXES, 'p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'hr', 'table', 'tbody'],
  ...['thead', 'tr', 'td', 'th', 'pre', 'form', 'dl', 'nav', 'aside', 'figure', 'address', 'body'],
])
const STYLED = new Set(['span', 'u', 's', 'small', 'sub', 'sup', 'code', 'font'])

export const isBlock = (piece: Piece): boolean =>
  piece.kind === 'element' && (BLOCKS.has(piece.tag) || piece.children.some(isBlock))
export const isSpace = (piece: Piece): boolean =>
  piece.kind === 'text' && /^[ \t\r\n\f]*$/.test(piece.text)

/** Pieces that stand together: a block, or a run of what stands in one line with what is between it. */
export function grouped(pieces: readonly Piece[]): Piece[][] {
  const groups: Piece[][] = []
  let run: Piece[] = []
  let depth = 0
  const end = () => {
    while (run[0] && isSpace(run[0])) run.shift()
    while (run.length > 0 && isSpace(run.at(-1)!)) run.pop()
    if (run.length > 0) groups.push(run)
    run = []
  }
  for (const piece of pieces) {
    const nests = piece.kind === 'liquid' ? piece.nests : 0
    const alone = piece.kind === 'other' || isBlock(piece)
    if (depth === 0 && alone) end()
    run.push(piece)
    depth += nests
    if (depth === 0 && (alone || (nests < 0 && run.some(isBlock)))) end()
  }
  end()
  return groups
}

/** One node, or `kept` with the source of what cannot be shown. */
export function readGroup(group: readonly Piece[], source: string): JSONContent {
  const own = source.slice(group[0]!.from, group.at(-1)!.to)
  try {
    const node = blockOf(group, source)
    const [again, ...more] = grouped(parseHtml(writeBlocks([node]).join('\n')))
    if (again && more.length === 0 && same(blockOf(again, writeBlocks([node])[0]!), node))
      return node
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
  }
  return { type: 'kept', attrs: { source: own } }
}

const same = (a: JSONContent, b: JSONContent) => JSON.stringify(a) === JSON.stringify(b)

function blockOf(group: readonly Piece[], source: string): JSONContent {
  const [piece] = group
  if (group.length > 1 || piece?.kind !== 'element' || !isBlock(piece)) {
    if (group.some(isBlock) || group.some(({ kind }) => kind === 'other')) throw new Unreadable()
    return paragraph('', '', group)
  }
  const { tag, attributes: kept, children } = piece
  if (/white-space/i.test(kept)) throw new Unreadable()
  if (tag === 'hr') return { type: 'horizontalRule', attrs: { kept } }
  if (tag === 'p') return paragraph('p', kept, children)
  if (/^h[1-6]$/.test(tag))
    return { type: 'heading', attrs: { level: Number(tag[1]), kept }, ...inlineOf(children) }
  if (tag === 'ul' || tag === 'ol') return list(piece, source)
  if (!BOXES.has(tag)) throw new Unreadable()
  if (!children.some(isBlock)) return paragraph(tag, kept, children)
  const content = grouped(children).map((each) => readGroup(each, source))
  return { type: 'box', attrs: { tag, kept }, content }
}

const paragraph = (tag: string, kept: string, children: readonly Piece[]): JSONContent => ({
  ...{ type: 'paragraph', attrs: { tag, kept } },
  ...inlineOf(children),
})

function list({ tag, attributes: kept, children }: Element, source: string): JSONContent {
  const items = children.filter((child) => !isSpace(child))
  const content = items.map((item) => {
    if (item.kind !== 'element' || item.tag !== 'li') throw new Unreadable()
    const own = grouped(item.children).map((group) => blockOf(group, source))
    if (own.length === 0) own.push(paragraph('', '', []))
    if (own[0]?.type !== 'paragraph') throw new Unreadable()
    return { type: 'listItem', attrs: { kept: item.attributes }, content: own }
  })
  if (content.length === 0) throw new Unreadable()
  return { type: tag === 'ul' ? 'bulletList' : 'orderedList', attrs: { kept }, content }
}

function inlineOf(pieces: readonly Piece[]): { content?: JSONContent[] } {
  assertBalanced(pieces)
  const runs = collapsed(pieces.flatMap((piece) => runsOf(piece, [])))
  return runs.length > 0 ? { content: runs } : {}
}

/** A condition that begins in one element and ends in another could be torn apart. */
function assertBalanced(pieces: readonly Piece[]): void {
  let depth = 0
  for (const piece of pieces) {
    if (piece.kind === 'liquid') depth += piece.nests
    if (depth < 0) throw new Unreadable()
  }
  if (depth !== 0) throw new Unreadable()
}

function runsOf(piece: Piece, marks: readonly Mark[]): JSONContent[] {
  const around = marks.length > 0 ? { marks: [...marks] } : {}
  if (piece.kind === 'other') throw new Unreadable()
  if (piece.kind === 'text') return [{ type: 'text', text: decode(piece.text), ...around }]
  if (piece.kind === 'liquid')
    return [{ type: 'variable', attrs: { source: piece.source }, ...around }]
  const { tag, attributes, children } = piece
  if (tag === 'br' && attributes === '') return [{ type: 'hardBreak', ...around }]
  if (tag === 'img') {
    const { taken, rest } = takeAttributes(attributes, ['src', 'alt'])
    const attrs = { src: taken['src'] ?? '', alt: taken['alt'] ?? null, kept: rest }
    return [{ type: 'image', attrs, ...around }]
  }
  const mark = markOf(tag, attributes)
  if (marks.some(({ type }) => type === mark.type && type !== 'styled')) throw new Unreadable()
  assertBalanced(children)
  const inner = children.flatMap((child) => runsOf(child, sorted([...marks, mark])))
  if (inner.length === 0) throw new Unreadable()
  return inner
}

function markOf(tag: string, attributes: string): Mark {
  if (/white-space/i.test(attributes)) throw new Unreadable()
  if (tag === 'b' || tag === 'strong') return { type: 'bold', attrs: { tag, kept: attributes } }
  if (tag === 'i' || tag === 'em') return { type: 'italic', attrs: { tag, kept: attributes } }
  if (STYLED.has(tag)) return { type: 'styled', attrs: { tag, kept: attributes } }
  if (tag !== 'a') throw new Unreadable()
  const { taken, rest } = takeAttributes(attributes, ['href'])
  if (taken['href'] === undefined) throw new Unreadable()
  return { type: 'link', attrs: { href: taken['href'], kept: rest } }
}

const ORDER = ['link', 'bold', 'italic', 'styled']
const sorted = (marks: readonly Mark[]): Mark[] =>
  marks.toSorted((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type))

/** White space as a browser shows it: many are one, and none stands at an end. */
function collapsed(runs: readonly JSONContent[]): JSONContent[] {
  const result: JSONContent[] = []
  let atEdge = true
  for (const run of runs) {
    if (run.text === undefined) {
      if (run.type === 'hardBreak') trimEnd(result)
      result.push(run)
      atEdge = run.type === 'hardBreak'
      continue
    }
    let text = run.text.replace(/[ \t\r\n\f]+/g, ' ')
    if (atEdge) text = text.replace(/^ /, '')
    if (text === '') continue
    atEdge = text.endsWith(' ')
    const last = result.at(-1)
    if (last?.text !== undefined && JSON.stringify(last.marks) === JSON.stringify(run.marks))
      last.text += text
    else result.push({ ...run, text })
  }
  trimEnd(result)
  return result
}

function trimEnd(runs: JSONContent[]): void {
  const last = runs.at(-1)
  if (last?.text === undefined) return
  last.text = last.text.replace(/ $/, '')
  if (last.text === '') runs.pop()
}
