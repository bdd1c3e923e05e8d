/**
 * A message's HTML as the visual editor has it: what stands around the text stays as it is written (doctype, head,
 * the boxes and tables that hold all of it), and so does each block that nobody changed.
 */
import type { JSONContent } from '@tiptap/core'
import { type Element, type Piece, parseHtml, Unreadable } from './html.ts'
import { grouped, isBlock, isSpace, readGroup } from './read.ts'
import { writeBlocks } from './write.ts'

export interface Visual {
  readonly nodes: readonly JSONContent[]
  /** The whole source with these nodes in place of those that it had. */
  write(nodes: readonly JSONContent[]): string
}

const HOLDERS = new Set(['html', 'body', 'div', 'center', 'main', 'table', 'tbody', 'tr', 'td'])

/** Undefined for what the visual editor could only damage. */
export function readVisual(source: string): Visual | undefined {
  try {
    return read(source)
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

function read(source: string): Visual | undefined {
  const { pieces, from, to } = heart(parseHtml(source), 0, source.length)
  const groups = grouped(pieces)
  const nodes = groups.map((group) => readGroup(group, source))
  if (nodes.length > 0 && nodes.every(({ type }) => type === 'kept')) return undefined
  const before = writeBlocks(nodes)
  const own = groups.map((group) => source.slice(group[0]!.from, group.at(-1)!.to))
  const gaps = groups.map((group, at) =>
    source.slice(at === 0 ? from : groups[at - 1]!.at(-1)!.to, group[0]!.from),
  )
  const end = source.slice(groups.at(-1)?.at(-1)?.to ?? from, to)
  const originals = new Map(before.map((text, at) => [text, own[at]!]))
  return {
    nodes,
    write(next) {
      const after = writeBlocks(next)
      const same = alike(before, after)
      const usual = gaps[1] ?? '\n'
      const text = after.map((block, at) => {
        const was = at < same.head ? at : at - after.length + before.length
        const isOld = at < same.head || at >= after.length - same.tail
        const gap = isOld ? gaps[was]! : at === 0 ? (gaps[0] ?? '') : usual
        return gap + (isOld ? own[was]! : (originals.get(block) ?? block))
      })
      return source.slice(0, from) + text.join('') + end + source.slice(to)
    },
  }
}

/** How many blocks at the beginning and at the end are those that were there. */
function alike(before: readonly string[], after: readonly string[]) {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head++
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  return { head, tail }
}

interface Heart {
  readonly pieces: readonly Piece[]
  readonly from: number
  readonly to: number
}

/** Goes into what holds all the rest, as long as there is one such. */
function heart(pieces: readonly Piece[], from: number, to: number): Heart {
  const matter = pieces.filter((piece) => !isSpace(piece) && piece.kind !== 'other')
  const page = matter.filter((piece) => !(piece.kind === 'element' && piece.tag === 'head'))
  const [only, ...more] = page
  if (only?.kind !== 'element' || more.length > 0 || !holds(only)) return { pieces, from, to }
  return heart(only.children, only.innerFrom, only.innerTo)
}

const holds = ({ tag, children }: Element) =>
  HOLDERS.has(tag) &&
  (tag === 'html' || tag === 'body' || tag.startsWith('t') || children.some(isBlock))
