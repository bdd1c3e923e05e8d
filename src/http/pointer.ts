/** Names places in JSON (RFC 6901). */

/** `/items` and `a/b` make `/items/a~1b`. */
export function append(pointer: string, part: PropertyKey): string {
  return `${pointer}/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export function pointerTo(path: readonly PropertyKey[]): string {
  return path.reduce(append, '')
}
