/** Finds the name that comes twice. Runs only when counting has shown that there is one. */
import { append } from './pointer.ts'

interface Level {
  /** Null in an array. */
  readonly names: Set<string> | null
  readonly pointer: string
  /** The name, or the index, of what comes next. */
  at: string | number
}

const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]/g

/** The place of the first name that its object had already. `text` is valid JSON. */
export function findDuplicate(text: string): string {
  const levels: Level[] = []
  let afterColon = true // what stands first is a value
  for (const [part] of text.matchAll(token)) {
    const level = levels.at(-1)
    if (part === '{' || part === '[') {
      const pointer = level ? append(level.pointer, level.at) : ''
      levels.push({ names: part === '{' ? new Set() : null, pointer, at: part === '{' ? '' : 0 })
      afterColon = part === '['
    } else if (part === '}' || part === ']') levels.pop()
    else if (part === ':') afterColon = true
    else if (part === ',') {
      if (typeof level?.at === 'number') level.at++
      afterColon = level?.names === null
    } else if (level?.names && !afterColon) {
      const name: string = JSON.parse(part)
      level.at = name
      if (level.names.has(name)) return append(level.pointer, name)
      level.names.add(name)
    }
  }
  return ''
}
