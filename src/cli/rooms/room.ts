/** What a command of a room is: one line of `beckon --help` and one call of the API. And what many of them share. */
import type { Question } from '../../app.ts'
import { invalid } from '../../errors.ts'

export interface Asked {
  /** The arguments, in their order. */
  readonly given: readonly string[]
  text(option: string): string | undefined
  lines(option: string): readonly string[]
  readonly workspaceId: string
}

export interface RoomCommand {
  readonly usage: string
  readonly about: string
  readonly options?: readonly (readonly [flags: string, text: string])[]
  /** What its last argument is: the body, given as itself, as `@file` or as `-` for stdin. */
  readonly takes?: 'json' | 'mail'
  /** Why `--yes` is asked for. */
  readonly sure?: string
  /** Of a list, on a terminal. */
  readonly columns?: readonly string[]
  ask(asked: Asked): Pick<Question, 'method' | 'path'> & {
    readonly body?: Readonly<Record<string, unknown>>
  }
}

export interface Room {
  readonly about: string
  readonly commands: readonly RoomCommand[]
}

export const BODY = 'JSON, @file or - for stdin'
export const YES = ['--yes', 'really do it'] as const
export const PAGED = [
  ['--limit <count>', 'at most 100'],
  ['--cursor <cursor>', 'next_cursor of the list before'],
] as const

/** A path of its parts, each escaped. */
export const to = (...parts: readonly string[]) => `/${parts.map(encodeURIComponent).join('/')}`

export function list(path: string, { text }: Asked, ...names: readonly string[]) {
  const query = new URLSearchParams()
  for (const name of [...names, 'limit', 'cursor']) {
    const value = text(name)
    if (value !== undefined) query.set(name, value)
  }
  return { method: 'GET', path: query.size > 0 ? `${path}?${query}` : path } as const
}

export const part = (asked: Asked, at = 0) => asked.given[at] ?? ''

/** `name=value` of each `--var`. */
export function variables(asked: Asked): Record<string, string> {
  return Object.fromEntries(
    asked.lines('var').map((each): [string, string] => {
      const at = each.indexOf('=')
      if (at < 1) throw invalid('/template_variables', `${each}: write --var name=value.`)
      return [each.slice(0, at), each.slice(at + 1)]
    }),
  )
}
