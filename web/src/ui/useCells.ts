/** Arrow keys over cells in lines: the next line below, the next column where reading goes on. */
import { type KeyboardEvent, useRef } from 'react'
import { direction } from '../lib/language.ts'

/** `onCell` hears the number of the cell, line by line, and null when it is left. */
export function useCells(columns: number, lines: number, onCell: (cell: number | null) => void) {
  const at = useRef({ column: 0, line: 0 })
  const tell = () => onCell(at.current.line * columns + at.current.column)
  function handleKeyDown(event: KeyboardEvent) {
    const { column, line } = at.current
    const onward = direction() === 'rtl' ? -1 : 1
    const moves: Readonly<Record<string, readonly [column: number, line: number]>> = {
      ArrowRight: [column + onward, line],
      ArrowLeft: [column - onward, line],
      ArrowDown: [column, line + 1],
      ArrowUp: [column, line - 1],
      Home: [0, line],
      End: [columns - 1, line],
    }
    if (event.key === 'Escape') return onCell(null)
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    at.current = { column: within(move[0], columns), line: within(move[1], lines) }
    tell()
  }
  return { onKeyDown: handleKeyDown, onFocus: tell, onBlur: () => onCell(null) }
}

const within = (n: number, count: number) => Math.min(Math.max(n, 0), count - 1)
