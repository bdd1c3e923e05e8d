/** What others tell us may hold what the database cannot: NUL, and halves of surrogate pairs. */

const REPLACEMENT = '\ufffd'

export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', REPLACEMENT)
}

/** The same value with every text in it made storable, names of fields too. Of JSON only. */
export function storable<T>(value: T): T {
  return clean(value) as T // the same shape
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [storableText(name), clean(each)]),
  )
}
