/** The for loop, whose turns are counted over the whole render. */
import { type ForTag, type Token, toValue } from 'liquidjs'
import { compileToken, type Evaluate, NeedsSandbox } from './compileExpression.ts'
import { compileNodes } from './compileNodes.ts'
import { countIteration, type Frame, spend } from './frame.ts'
import type { Builder, Place, Write } from './partList.ts'

export function compileFor(node: ForTag, builder: Builder, place: Place): Write {
  const item = builder.locals++
  const forloop = builder.locals++
  const collection = compileToken(node.collection, place)
  const select = compileModifiers(node, place)
  const locals = new Map([...place.locals, ['forloop', forloop], [node.variable, item]] as const)
  const write = compileNodes(node.templates, builder, { ...place, locals })
  const otherwise = compileNodes(node.elseTemplates, builder, place)
  const name = `${node.variable}-${node.collection.getText()}`
  return (frame) => {
    const all = toItems(toValue(collection(frame)))
    if (all.length === 0) return otherwise(frame)
    spend(frame, all.length >> 4)
    run(frame, select(all, frame), { item, forloop, name, write })
  }
}

interface Loop {
  readonly item: number
  readonly forloop: number
  readonly name: string
  readonly write: Write
}

function run(frame: Frame, items: readonly unknown[], loop: Loop): void {
  const { locals } = frame
  for (const [index, value] of items.entries()) {
    countIteration(frame)
    spend(frame, 4)
    locals[loop.item] = value
    locals[loop.forloop] = position(loop.name, index, items.length)
    loop.write(frame)
    const { signal } = frame
    frame.signal = 'none'
    if (signal === 'break') break
  }
}

function position(name: string, index: number, length: number) {
  return {
    name,
    length,
    index: index + 1,
    index0: index,
    rindex: length - index,
    rindex0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
  }
}

/** What LiquidJS loops over: an array, the one text, or an object's [key, value] pairs. */
function toItems(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return isIterable(value) ? Array.from(value) : Object.entries(value)
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}

type Select = (items: readonly unknown[], frame: Frame) => readonly unknown[]

/** offset, limit and reversed, always in this order, as in Ruby's Liquid. */
function compileModifiers(node: ForTag, place: Place): Select {
  const hash: Readonly<Record<string, Token | undefined>> = node.hash.hash
  const { offset, limit } = hash
  if ([offset, limit].some((token) => token?.getText() === 'continue')) {
    throw new NeedsSandbox('offset: continue')
  }
  const offsetOf = modifier(hash, 'offset', place)
  const limitOf = modifier(hash, 'limit', place)
  const reversed = modifier(hash, 'reversed', place)
  return (items, frame) => {
    const from = offsetOf?.(frame)
    const count = limitOf?.(frame)
    let selected = from === undefined ? items : items.slice(Number(toValue(from)))
    if (count !== undefined) selected = selected.slice(0, Number(toValue(count)))
    return reversed?.(frame) === undefined ? selected : selected.toReversed()
  }
}

/** A modifier without a value, such as `reversed`, counts as true. */
function modifier(
  hash: Readonly<Record<string, Token | undefined>>,
  name: string,
  place: Place,
): Evaluate | null {
  if (!Object.hasOwn(hash, name)) return null
  const token = hash[name]
  return token === undefined ? () => true : compileToken(token, place)
}
