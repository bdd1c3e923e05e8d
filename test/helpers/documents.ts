/**
 * What the five documents print for .env, as far as they are at hand: beside the project, in
 * ../shared/requirements. Each writes it in another way; all of them are read here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../../shared/requirements')

export interface Document {
  /** Its number: 000 to 004. */
  readonly name: string
  readonly env: Readonly<Record<string, string>>
}

/** Empty when the documents are not there. */
export function documents(): readonly Document[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^\d{3}_.*\.md$/.test(name))
    .toSorted()
    .map((name) => ({
      name: name.slice(0, 3),
      env: envOf(readFileSync(join(folder, name), 'utf8')),
    }))
}

/** `NAME=value` on a line or in backticks, or **NAME** with its default or example below. */
function envOf(text: string): Record<string, string> {
  const env: Record<string, string> = {}
  let described: string | undefined
  for (const line of text.split('\n')) {
    const assigned = /^(?:- `)?([A-Z][A-Z0-9_]+)=([^`]*)/.exec(line)
    if (assigned) env[assigned[1]!] = assigned[2]!.trim()
    described = /^\*\*([A-Z][A-Z0-9_]+)\*\*$/.exec(line)?.[1] ?? described
    const value = /^- (?:Default|Example): `([^`]+)`/.exec(line)?.[1]
    if (described && value) env[described] ??= value
  }
  return env
}
