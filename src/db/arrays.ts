/**
 * Arrays as PostgreSQL's text form (its manual, 8.15.2), for the statements that carry most
 * rows: the driver quotes and escapes every element, also of ids and numbers.
 */

/** Of values that need no quotes: ids, numbers, times, our own words. */
export function plainArray(values: readonly (string | number | Date | null)[]): string {
  let text = '{'
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (at > 0) text += ','
    if (value === null) text += 'null'
    else text += value instanceof Date ? value.toISOString() : value
  }
  return `${text}}`
}

const special = /["\\]/
const everySpecial = /["\\]/g

/** Of any text. */
export function textArray(values: readonly (string | null)[]): string {
  let text = '{'
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (at > 0) text += ','
    if (value === null) text += 'null'
    else text += `"${special.test(value) ? value.replace(everySpecial, '\\$&') : value}"`
  }
  return `${text}}`
}
