/** What the files of commands have in common. */
import type { Tool } from '../tool.ts'

export interface In {
  readonly workspace?: string
}

export const WORKSPACE = ['--workspace <slug>', 'another workspace than the default one'] as const

export type Use = (work: (tool: Tool) => Promise<void>) => Promise<void>

/** Of an option that may be given more than once. */
export const collect = (value: string, before: readonly string[] = []) => [...before, value]
