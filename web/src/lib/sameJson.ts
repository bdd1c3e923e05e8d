/** Whether two values say the same as JSON, in whatever order their fields are written. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [one, other] = [fieldsOf(a), fieldsOf(b)]
  return (
    one.size === other.size &&
    [...one].every(([name, value]) => other.has(name) && sameJson(value, other.get(name)))
  )
}

/** What is undefined is not written. */
const fieldsOf = (value: object) =>
  new Map(Object.entries(value).filter(([, each]) => each !== undefined))
