/** What a journey asks its events for: the properties that its conditions and texts name. */
import { numberOf } from '../lib/numberOf.ts'
import type { Document } from './words.ts'

export interface Asked {
  /** Of the event that begins a run. */
  readonly beginning: readonly string[]
  /** Of those that come later, by event. */
  readonly later: ReadonlyMap<string, readonly string[]>
}

/** Of every event, whoever tells of it: no property. */
const own: ReadonlySet<string> = new Set(['id', 'message_id', 'name', 'source', 'at'])
const LIQUID = /\{[{%].*?[%}]\}/gs
const NAME = /(?<![\w.])(?:(run)\.)?event\.([A-Za-z_]\w*(?:\.\w+)*)/g

export function askedOf(document: Document): Asked {
  const { steps, exit_on, goal, ...rules } = document
  const beginning = new Set<string>()
  const later = new Map<string, Set<string>>()
  const collect = (value: unknown, now: Set<string>) => {
    for (const [isOfRun, name] of namesIn(value)) (isOfRun ? beginning : now).add(name)
  }
  // Of a draft anything may be missing or wrong yet.
  const collectLater = (event: unknown, ...parts: unknown[]) => {
    if (typeof event !== 'string' || event === '') return
    const names = later.get(event) ?? new Set()
    later.set(event, names)
    collect(parts, names)
  }
  collect(rules, beginning)
  for (const step of steps) {
    if (step.type !== 'wait_for') collect(step, beginning)
    else {
      const { where, event, ...rest } = step
      collect(rest, beginning)
      collectLater(event, where)
    }
  }
  for (const exit of Array.isArray(exit_on) ? exit_on : [])
    collectLater(exit?.event, exit?.where, { reason: exit?.reason })
  if (goal) collectLater(goal.event, goal.where)
  const lists = [...later].map(([event, names]) => [event, [...names]] as const)
  return { beginning: [...beginning], later: new Map(lists) }
}

type Named = readonly [isOfRun: boolean, name: string]

/** In the texts' Liquid, and where a condition names its field. */
function namesIn(value: unknown, key = ''): Named[] {
  if (typeof value === 'string') {
    const parts = key === 'field' ? [value] : (value.match(LIQUID) ?? [])
    return parts
      .flatMap((part) => [...part.matchAll(NAME)])
      .flatMap(([, run, name = '']) => (own.has(name) ? [] : [[run !== undefined, name] as const]))
  }
  if (typeof value !== 'object' || value === null) return []
  const inList = Array.isArray(value)
  return Object.entries(value).flatMap(([name, each]) => namesIn(each, inList ? key : name))
}

/** What was typed for each property, by its path. */
export type Typed = Readonly<Record<string, string>>

/** As an event has them: numbers, flags, lists and records are what they look like; nothing typed is nothing. */
export function propertiesFrom(typed: Typed): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const [path, text] of Object.entries(typed)) {
    if (text !== '') put(properties, path.split('.'), read(text))
  }
  return properties
}

function put(into: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    into[name] = value
    return
  }
  const inner = into[name]
  const next = typeof inner === 'object' && inner !== null ? { ...inner } : {}
  put(next, rest, value)
  into[name] = next
}

function read(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^\s*[[{]/.test(text)) return numberOf(text) ?? text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
