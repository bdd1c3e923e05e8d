/**
 * Reading a run's facts: by path, and through the Liquid of a journey's texts. Pure, and quick enough
 * for thousands of steps a second: each text is compiled once in a process.
 */
import { LRUCache } from 'lru-cache'
import { type Compiled, compile } from '../templates/compile.ts'
import { paid } from './effort.ts'
import { type Amount, isLiquid } from './texts.schema.ts'
import type { JourneyWindow } from './windows.schema.ts'

/** event, contact, settings, steps, run, workspace. */
export type Facts = Readonly<Record<string, unknown>>

const MAX_COMPILED = 5_000
const compiled = new LRUCache<string, Compiled>({ max: MAX_COMPILED })
/** A text that is nothing but one path: its value is taken as it is. */
const ONE_PATH = /^\s*\{\{-?\s*([A-Za-z_]\w*(?:\.\w+)+)\s*-?\}\}\s*$/

/** Undefined when there is nothing. Only what data holds itself is seen: no `constructor`, no `length`. */
export function lookUp(facts: Facts, path: string): unknown {
  let value: unknown = facts
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}

/** Throws TemplateError. */
export function renderText(text: string, facts: Facts): string {
  if (!isLiquid(text)) return text
  let template = compiled.get(text)
  if (template === undefined) {
    template = compile(text, { escape: 'none' })
    compiled.set(text, template)
  }
  const { render } = template
  return paid(facts, () => render(facts))
}

/**
 * Every string in it rendered. A string that is one path alone, `{{ event.count }}`, becomes the value
 * itself, so that numbers, flags and lists stay what they are; what is not there becomes ''.
 */
export function renderValue(value: unknown, facts: Facts): unknown {
  if (typeof value === 'string') {
    const path = ONE_PATH.exec(value)?.[1]
    return path === undefined ? renderText(value, facts) : (lookUp(facts, path) ?? '')
  }
  if (Array.isArray(value)) return value.map((each) => renderValue(each, facts))
  if (typeof value !== 'object' || value === null) return value
  return renderRecord(value, facts)
}

export function renderRecord(record: object, facts: Facts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, each]) => [name, renderValue(each, facts)]),
  )
}

/** Throws RangeError for what becomes no number from 0 on. */
export function renderAmount(amount: Amount, facts: Facts): number {
  const text = typeof amount === 'number' ? amount : renderText(amount, facts).trim()
  const number = text === '' ? Number.NaN : Number(text)
  if (number >= 0 && Number.isFinite(number)) return number
  throw new RangeError(`${JSON.stringify(text)} is no number from 0 on.`)
}

/** Ready for readWindow. */
export function renderWindow(window: JourneyWindow, facts: Facts): JourneyWindow {
  const { from, until, ...rest } = window
  const texts = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === 'string' ? renderText(value, facts) : value,
  ])
  return {
    from: renderText(from, facts),
    until: renderText(until, facts),
    ...Object.fromEntries(texts),
  }
}
