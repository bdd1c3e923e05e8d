/** Shows results: a table for people, a line of JSON each for programs, and the table of the README. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from './bench.ts'

const README = join(import.meta.dirname, '../../README.md')
const MARKED = /<!-- bench -->[\s\S]*?<!-- \/bench -->/
const titles = ['bench', 'measured', 'value', 'reference', 'ratio', 'goal', '']

/** A Markdown table with aligned columns. */
export function tableOf(results: readonly Result[]): string {
  const rows = [titles, ...results.map(cellsOf)]
  const widths = titles.map((_, at) => Math.max(3, ...rows.map((row) => (row[at] ?? '').length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  const [head = [], ...body] = rows
  return [line(head), rule, ...body.map(line)].join('\n')
}

export function linesOf(results: readonly Result[]): string {
  return results.map((result) => `${JSON.stringify(result)}\n`).join('')
}

/** Puts the table between the markers. False when the README has none. */
export async function writeReadme(results: readonly Result[]): Promise<boolean> {
  const text = await readFile(README, 'utf8').catch(() => '')
  if (!MARKED.test(text)) return false
  const part = `<!-- bench -->\n${tableOf(results)}\n<!-- /bench -->`
  await writeFile(
    README,
    text.replace(MARKED, () => part),
  )
  return true
}

function cellsOf(result: Result): string[] {
  const { reference, reference_value, ratio } = result
  return [
    result.bench,
    result.what,
    `${short(result.value)} ${result.unit}`,
    reference === null
      ? '–'
      : `${short(reference_value ?? Number.NaN)} ${result.unit}, ${reference}`,
    ratio === null ? '–' : `${ratio.toFixed(2)} ×`,
    result.goal,
    result.ok ? 'reached' : 'missed',
  ]
}

/** Three figures say enough. */
function short(value: number): string {
  if (!Number.isFinite(value)) return '?'
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  const rounded = value >= 1_000 ? Number(value.toPrecision(3)) : Number(value.toFixed(digits))
  return rounded.toLocaleString('en')
}
