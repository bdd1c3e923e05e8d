/**
 * What a page saves as CSV. Names in it were typed by somebody: one that a spreadsheet would run
 * as a formula gets a `'` before it, as in the files that the server writes (src/lib/csv.ts).
 */
const FORMULA = /^'*\s*[=+\-@\t\r\n＝＋－＠]/
const QUOTED = /[",;\t\r\n]|^[\s']|\s$/
const BYTE_ORDER_MARK = '\uFEFF' // without it spreadsheets take the file for another encoding

export function csvFile(rows: readonly (readonly (string | number)[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => row.map(cell).join(',')).join('\r\n')
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
