/** The header line of a CSV file (RFC 4180): only that; the server reads the file. */
export function headersOf(text: string): readonly string[] {
  const line = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? ''
  const separator = [',', ';', '\t'].find((each) => line.includes(each)) ?? ','
  const cells: string[] = ['']
  let quoted = false
  for (const char of line) {
    if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) cells.push('')
    else cells[cells.length - 1] += char
  }
  return [...new Set(cells.map((cell) => cell.trim()).filter(Boolean))]
}
