/**
 * One render under way: its variables, its output so far and what it has cost.
 *
 * Also the few value rules that all compiled code shares: how a property is
 * read, how a value becomes text, how text becomes HTML.
 */
import { Context, type Liquid, toValue } from 'liquidjs'
import { MAX_CPU_MS, MAX_ITERATIONS, MAX_OUTPUT } from './limits.ts'
import { TemplateError } from './templateError.ts'

export type Variables = Readonly<Record<string, unknown>>

/** Fills the slots that compileEmail cuts into a template: link targets and the pixel. */
export interface SlotHost {
  fill(slot: number, content: string): string
}

export interface Frame {
  readonly variables: Variables
  /** Names that variables cannot replace, such as `unsubscribe_url`. */
  readonly builtins: Variables
  readonly host: SlotHost | null
  readonly liquid: Liquid
  /** What assign and capture have set; null until the first. */
  assigned: Record<string, unknown> | null
  /** Loop variables, by the number that the compiler gave them. */
  readonly locals: unknown[]
  out: string
  /** Set by break and continue until their loop sees it. */
  signal: 'none' | 'break' | 'continue'
  /** Offset of the code that runs, for error messages. */
  at: number
  iterations: number
  work: number
  nextCheck: number
  /** Thread time at the first check, in µs; -1 before it. */
  startedAt: number
  context: Context | null
}

const WORK_PER_CHECK = 4_096 // asking for the thread's time costs 0.4 µs

export function createFrame(
  liquid: Liquid,
  variables: Variables,
  builtins: Variables,
  host: SlotHost | null,
): Frame {
  return {
    variables,
    builtins,
    host,
    liquid,
    assigned: null,
    locals: [],
    out: '',
    signal: 'none',
    at: 0,
    iterations: 0,
    work: 0,
    nextCheck: WORK_PER_CHECK,
    startedAt: -1,
    context: null,
  }
}

/** Counts work of about `units` × 50 ns, and stops a render that has used up its time. */
export function spend(frame: Frame, units: number): void {
  frame.work += units
  if (frame.work < frame.nextCheck) return
  frame.nextCheck = frame.work + WORK_PER_CHECK
  const { user, system } = process.threadCpuUsage()
  const now = user + system
  if (frame.startedAt === -1) frame.startedAt = now
  else if (now - frame.startedAt > MAX_CPU_MS * 1_000) {
    throw new TemplateError('The template takes too long to render.')
  }
}

/** What handling this value costs: an array or object may hold any number of others. */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return 1 + (value.length >> 6)
  return typeof value === 'object' && value !== null ? 1_000 : 1
}

export function countIteration(frame: Frame): void {
  if (++frame.iterations > MAX_ITERATIONS) {
    throw new TemplateError(`The loops of a template may run ${MAX_ITERATIONS} times in all.`)
  }
  checkOutput(frame)
}

export function checkOutput(frame: Frame): void {
  if (frame.out.length > MAX_OUTPUT) {
    throw new TemplateError(`The rendered template is longer than ${MAX_OUTPUT} characters.`)
  }
}

/** What LiquidJS's filters expect as their `this.context`; holds their memory limit. */
export function contextOf(frame: Frame): Context {
  frame.context ??= new Context({}, frame.liquid.options, { sync: true }, { liquid: frame.liquid })
  return frame.context
}

export const FORBIDDEN_KEYS: ReadonlySet<unknown> = new Set([
  '__proto__',
  'constructor',
  'prototype',
])

/** An own property, or one of Liquid's size, first and last. Functions are nothing. */
export function readProperty(target: unknown, key: unknown): unknown {
  if (target === null || target === undefined) return target
  if (FORBIDDEN_KEYS.has(key)) return undefined
  if (Array.isArray(target) && typeof key === 'number') {
    return target[key < 0 ? target.length + key : key]
  }
  const own = readOwn(target, key)
  if (own !== undefined) return own
  if (key === 'size') return sizeOf(target)
  if (key === 'first' && Array.isArray(target)) return target[0]
  if (key === 'last' && Array.isArray(target)) return target[target.length - 1]
  return undefined
}

function readOwn(target: unknown, key: unknown): unknown {
  const name = typeof key === 'string' ? key : String(key)
  const holder: object = Object(target)
  if (!Object.hasOwn(holder, name)) return undefined
  const value: unknown = Reflect.get(holder, name)
  return typeof value === 'function' ? undefined : value
}

function sizeOf(target: unknown): number | undefined {
  if (Array.isArray(target) || typeof target === 'string') return target.length
  return typeof target === 'object' && target !== null ? Object.keys(target).length : undefined
}

/** The variable `name`, if it is one of the object's own. */
export function readVariable(variables: Variables, name: string): unknown {
  if (!Object.hasOwn(variables, name)) return undefined
  const value = variables[name]
  return typeof value === 'function' ? undefined : value
}

export function stringify(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') {
    if (Array.isArray(value)) return value.map(stringify).join('')
    const plain: unknown = toValue(value)
    return plain === value ? String(plain) : stringify(plain)
  }
  return typeof value === 'function' ? '' : String(value)
}

const SPECIAL = /[&<>"']/
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>"']/g, (char) => ENTITIES[char]!) : text
}
