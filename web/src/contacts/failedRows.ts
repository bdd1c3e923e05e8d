/** The rows of a file that an import could not take, as they stood there, each with its reason: to be mended and given again. Pure. */

const DELIMITERS = [',', ';', '\t']

/** All rows, empty ones too, as the server counts them: the header is the first. */
export function rowsOf(given: string): string[][] {
  const text = given.replace(/^\uFEFF/, '')
  const delimiter = delimiterOf(text)
  const rows: string[][] = [['']]
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    const row = rows.at(-1) ?? []
    if (char === '"' && quoted && text[at + 1] === '"') {
      row[row.length - 1] += '"'
      at++
    } else if (char === '"' && (quoted || row.at(-1) === '')) quoted = !quoted
    else if (char === delimiter && !quoted) row.push('')
    else if ((char === '\n' || char === '\r') && !quoted) {
      if (char === '\r' && text[at + 1] === '\n') at++
      rows.push([''])
    } else row[row.length - 1] += char
  }
  return rows
}

/** Whichever the first line has most of. */
function delimiterOf(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? ''
  const counts = DELIMITERS.map((each) => line.split(each).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** `failures`: the server's file of row, column and reason. */
export function failedRows(text: string, failures: string, reason: string): string[][] {
  const rows = rowsOf(text)
  const told = rowsOf(failures)
    .slice(1)
    .filter(([row]) => row)
  const header = rows[0] ?? []
  return [
    [...header, reason],
    ...told.map(([row, column, why = '']) => {
      const cells = rows[Number(row) - 1] ?? []
      const padded = [
        ...cells,
        ...Array<string>(Math.max(0, header.length - cells.length)).fill(''),
      ]
      return [...padded, column ? `${column}: ${why}` : why]
    }),
  ]
}
