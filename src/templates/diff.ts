/** What changed between two versions of a template, line by line. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

export interface Hunk {
  readonly field: string
  /** First line of the hunk in each version, from 1. */
  readonly oldStart: number
  readonly newStart: number
  readonly lines: readonly DiffLine[]
}

const CONTEXT_LINES = 3
const MAX_CELLS = 1_000_000 // of the LCS table; beyond it the middle counts as replaced

type Fields = Readonly<Record<string, string | null | undefined>>

/** Hunks of all fields that differ, in the order of the newer version's fields, removed ones last. */
export function diffVersions(older: Fields, newer: Fields): Hunk[] {
  const names = [...new Set([...Object.keys(newer), ...Object.keys(older)])]
  return names.flatMap((field) => {
    const lines = diffLines(older[field] ?? '', newer[field] ?? '')
    return groupHunks(lines).map((hunk) => ({ field, ...hunk }))
  })
}

export function diffLines(older: string, newer: string): DiffLine[] {
  const before = toLines(older)
  const after = toLines(newer)
  const shortest = Math.min(before.length, after.length)
  let head = 0
  while (head < shortest && before[head] === after[head]) head++
  let tail = 0
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const same = (text: string) => ({ kind: 'same', text }) as const
  return [
    ...before.slice(0, head).map(same),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

function toLines(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/)
}

function diffMiddle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const removed = (text: string) => ({ kind: 'removed', text }) as const
  const added = (text: string) => ({ kind: 'added', text }) as const
  if (before.length * after.length > MAX_CELLS) {
    return [...before.map(removed), ...after.map(added)]
  }
  const common = commonLengths(before, after)
  const width = after.length + 1
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    const [left, right] = [before[i], after[j]]
    if (left !== undefined && left === right) {
      lines.push({ kind: 'same', text: left })
      i++
      j++
    } else if (
      left !== undefined &&
      (right === undefined || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      lines.push(removed(left))
      i++
    } else {
      lines.push(added(right!))
      j++
    }
  }
  return lines
}

/** At i, j: the longest common subsequence of what follows there. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1
  const table = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i * width + j] =
        before[i] === after[j]
          ? table[(i + 1) * width + j + 1]! + 1
          : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!)
    }
  }
  return table
}

function groupHunks(lines: readonly DiffLine[]): Omit<Hunk, 'field'>[] {
  const near = (at: number) =>
    lines
      .slice(Math.max(at - CONTEXT_LINES, 0), at + CONTEXT_LINES + 1)
      .some(({ kind }) => kind !== 'same')
  const hunks: { oldStart: number; newStart: number; lines: DiffLine[] }[] = []
  let [oldLine, newLine, open] = [1, 1, false]
  for (const [at, line] of lines.entries()) {
    const wanted = near(at)
    if (wanted && !open) hunks.push({ oldStart: oldLine, newStart: newLine, lines: [] })
    if (wanted) hunks.at(-1)!.lines.push(line)
    open = wanted
    if (line.kind !== 'added') oldLine++
    if (line.kind !== 'removed') newLine++
  }
  return hunks
}
