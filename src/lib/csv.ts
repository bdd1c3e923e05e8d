/**
 * CSV out and in: cells that no spreadsheet runs, and files as spreadsheets write them.
 *
 * A spreadsheet treats a cell that starts with = + - @ as a formula, also behind spaces,
 * a byte order mark or a tab (ASVS 1.2.10). Written cells of that kind get a `'`, which
 * spreadsheets hide; read cells lose it again, so that what we export comes back unchanged.
 */
import { pipeline, Readable } from 'node:stream'
import { CsvError, type Parser, parse } from 'csv-parse'
import { invalid } from '../errors.ts'
import { decodeText } from './csvText.ts'
import { nextTurn } from './turn.ts'

const FORMULA = /^'*\s*[=+\-@\t\r\n＝＋－＠]/ // \s holds the byte order mark; the last four are full-width
const QUOTED = /[",;\t\r\n]|^[\s']|\s$/

export interface CsvLimits {
  readonly columns: number
  readonly cellChars: number
  /** A row longer than this stops the file: most likely a quote was never closed. */
  readonly rowChars: number
  readonly rows: number
}

export const csvLimits: CsvLimits = {
  columns: 200,
  cellChars: 64 * 1024,
  rowChars: 1024 * 1024,
  rows: 10_000_000,
}

/** `row` counts as a spreadsheet does: the first row of the file is 1, empty rows count. */
export type CsvRow =
  | { readonly ok: true; readonly row: number; readonly cells: readonly string[] }
  | { readonly ok: false; readonly row: number; readonly fault: string }

/** One cell, guarded against formulas and quoted (RFC 4180 §2) where it must be. */
export function csvCell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One line with its CRLF. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}

/** Takes back the guard of `csvCell`. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
}

/** Raises `invalid_input` for a file that is no text in UTF-8 or UTF-16, before any row of it is taken. */
export async function checkCsv(content: Uint8Array): Promise<void> {
  const { text } = await decodeText(Readable.from([content]))
  for await (const _ of text); // only its decoding is of interest
}

/**
 * The rows of a file, header included, one at a time in flat memory. UTF-8 or UTF-16; the
 * delimiter is a comma, semicolon or tab, whichever the first line has most of.
 *
 * A row that breaks a limit is yielded as a fault and reading goes on. What makes the
 * rest unreadable raises `invalid_input` with the row's number.
 */
export async function* readCsv(
  source: AsyncIterable<Uint8Array>,
  limits: CsvLimits = csvLimits,
): AsyncGenerator<CsvRow> {
  const { text, delimiter } = await decodeText(source)
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: limits.rowChars,
  })
  pipeline(Readable.from(guardRows(text, parser, limits)), parser, () => {})
  let row = 0
  try {
    for await (const cells of parser) {
      row++
      if (row > limits.rows) throw rowFault(row, `A file has at most ${limits.rows} rows.`)
      if (cells.length > 1 || cells[0] !== '') yield checkRow(row, cells, limits)
    }
  } catch (error) {
    throw error instanceof CsvError ? readableFault(error, parser, limits) : error
  }
}

function checkRow(row: number, cells: string[], limits: CsvLimits): CsvRow {
  if (cells.length > limits.columns) {
    return { ok: false, row, fault: `${cells.length} columns, at most ${limits.columns} are read.` }
  }
  const long = cells.findIndex((cell) => cell.length > limits.cellChars)
  if (long >= 0) {
    const fault = `Column ${long + 1} is longer than ${limits.cellChars} characters.`
    return { ok: false, row, fault }
  }
  return { ok: true, row, cells: cells.map(unguardCell) }
}

/**
 * The parser's own limit counts the characters of cells, not a million empty cells; this counts both.
 * Rows of one chunk follow each other without a turn of the event loop, so there is one after each chunk.
 */
async function* guardRows(text: AsyncIterable<string>, parser: Parser, limits: CsvLimits) {
  let records = 0
  let since = 0
  for await (const chunk of text) {
    if (parser.info.records !== records) {
      records = parser.info.records
      since = 0
    }
    since += chunk.length
    // The pipe reads ahead of the parser by a few chunks, hence twice.
    if (since > 2 * limits.rowChars) throw tooLong(records + 1, limits)
    yield chunk
    await nextTurn()
  }
}

function readableFault(error: CsvError, parser: Parser, limits: CsvLimits) {
  const row = parser.info.records + 1
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(row, limits)
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return rowFault(row, 'A quote is opened in this row and never closed.')
  }
  return rowFault(row, 'This row is not readable as CSV.')
}

function tooLong(row: number, limits: CsvLimits) {
  const size = `This row is longer than ${limits.rowChars} characters.`
  return rowFault(row, `${size} Perhaps a quote is opened in it and never closed.`)
}

function rowFault(row: number, detail: string) {
  return invalid(`/rows/${row}`, `Row ${row}: ${detail}`)
}
