/**
 * Expressions: from LiquidJS's parsed tokens to closures.
 *
 * LiquidJS parses, and its operators and filters do the work where values are
 * not plain, so both ways of rendering agree; what is saved is its generators,
 * which make one condition cost as much as a whole compiled template.
 */
import {
  defaultOperators,
  type Filter,
  isTruthy,
  type PropertyAccessToken,
  type RangeToken,
  type Token,
  TypeGuards,
  toValue,
  toValueSync,
  type Value,
} from 'liquidjs'
import {
  contextOf,
  FORBIDDEN_KEYS,
  type Frame,
  readProperty,
  readVariable,
  spend,
  weigh,
} from './frame.ts'
import { MAX_TERMS } from './limits.ts'
import { INLINE_FILTERS } from './liquid.ts'
import { TemplateError } from './templateError.ts'

export type Evaluate = (frame: Frame) => unknown

/** What names mean at one place of the template. */
export interface Scope {
  readonly builtins: ReadonlySet<string>
  /** Loop variables around this place, with their number in `frame.locals`. */
  readonly locals: ReadonlyMap<string, number>
}

/** Thrown when a template uses what only LiquidJS can run; it then runs in the sandbox. */
export class NeedsSandbox extends Error {
  override name = 'NeedsSandbox'
}

export function compileValue(value: Value, scope: Scope): Evaluate {
  limitTerms(value.initial.postfix.length + value.filters.length)
  let evaluate = compilePostfix(value.initial.postfix, scope)
  for (const filter of value.filters) {
    if (!INLINE_FILTERS.has(filter.name)) throw new NeedsSandbox(filter.name)
    if (filter.name !== 'raw') evaluate = compileFilter(evaluate, filter, scope)
  }
  return evaluate
}

function limitTerms(count: number): void {
  if (count > MAX_TERMS) throw new TemplateError(`An expression has at most ${MAX_TERMS} terms.`)
}

function compileFilter(input: Evaluate, filter: Filter, scope: Scope): Evaluate {
  const handler = filter['handler']
  const token = filter['token']
  const args = filter.args.map((arg) => compileArgument(arg, scope))
  limitTerms(args.length)
  return (frame) => {
    const value = input(frame)
    spend(frame, weigh(value) + 2)
    const self = { context: contextOf(frame), token, liquid: frame.liquid }
    return toValueSync(handler.call(self, value, ...args.map((arg) => arg(frame))))
  }
}

function compileArgument(arg: Filter['args'][number], scope: Scope): Evaluate {
  if (!Array.isArray(arg)) return compileToken(arg, scope)
  const [name, token] = arg
  const evaluate = compileToken(token, scope)
  return (frame) => [name, evaluate(frame)]
}

/** As LiquidJS does it, with closures on the stack instead of values. */
function compilePostfix(postfix: readonly Token[], scope: Scope): Evaluate {
  const stack: Evaluate[] = []
  const pop = () => stack.pop() ?? nothing
  for (const token of postfix) {
    if (!TypeGuards.isOperatorToken(token)) {
      stack.push(compileToken(token, scope))
      continue
    }
    const right = pop()
    stack.push(token.operator === 'not' ? not(right) : binary(token.operator, pop(), right))
  }
  return stack[0] ?? nothing
}

const nothing: Evaluate = () => undefined

function not(operand: Evaluate): Evaluate {
  return (frame) => !truthy(operand(frame), frame)
}

function binary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  if (operator === 'and')
    return (frame) => truthy(left(frame), frame) && truthy(right(frame), frame)
  if (operator === 'or') return (frame) => truthy(left(frame), frame) || truthy(right(frame), frame)
  return (frame) => compare(operator, left(frame), right(frame), frame)
}

export function truthy(value: unknown, frame: Frame): boolean {
  if (typeof value === 'object' && value !== null) return isTruthy(value, contextOf(frame))
  return value !== false && value !== undefined && value !== null
}

/** Equal, in LiquidJS's sense, to the value of a `when`. */
export function equal(left: unknown, right: unknown, frame: Frame): boolean {
  return compare('==', left, right, frame) === true
}

function compare(operator: string, left: unknown, right: unknown, frame: Frame): unknown {
  spend(frame, weigh(left))
  if (typeof left !== 'object' && typeof right !== 'object') {
    if (operator === '==') return left === right
    if (operator === '!=') return left !== right
  }
  if (typeof left === 'number' && typeof right === 'number') {
    if (operator === '>') return left > right
    if (operator === '<') return left < right
    if (operator === '>=') return left >= right
    if (operator === '<=') return left <= right
  }
  const library = defaultOperators[operator]
  if (library === undefined) throw new NeedsSandbox(operator)
  // Operators of two operands take the context third; the type also covers `not`.
  return toValueSync(Reflect.apply(library, undefined, [left, right, contextOf(frame)]))
}

export function compileToken(token: Token | undefined, scope: Scope): Evaluate {
  if (token === undefined) return nothing
  if (TypeGuards.isPropertyAccessToken(token)) return compileAccess(token, scope)
  if (TypeGuards.isRangeToken(token)) return compileRange(token, scope)
  if ('content' in token) {
    const { content } = token
    return () => content
  }
  throw new NeedsSandbox('expression')
}

function compileAccess(token: PropertyAccessToken, scope: Scope): Evaluate {
  limitTerms(token.props.length)
  const [first, ...others] = token.props
  if (token.variable) {
    return compilePath(compileToken(token.variable, scope), token.props, scope)
  }
  if (first === undefined || !isName(first)) throw new NeedsSandbox('variable by a computed name')
  return compilePath(compileRoot(String(first.content), scope), others, scope)
}

/** A word or quoted text: known now, rather than computed from other variables. */
function isName(token: Token): token is Token & { content: string } {
  return TypeGuards.isWordToken(token) || TypeGuards.isQuotedToken(token)
}

function compileRoot(name: string, scope: Scope): Evaluate {
  if (FORBIDDEN_KEYS.has(name)) return nothing
  const local = scope.locals.get(name)
  if (local !== undefined) return (frame) => frame.locals[local]
  if (scope.builtins.has(name)) return (frame) => frame.builtins[name]
  return (frame) => {
    const { assigned } = frame
    return assigned !== null && name in assigned
      ? assigned[name]
      : readVariable(frame.variables, name)
  }
}

function compilePath(base: Evaluate, props: readonly Token[], scope: Scope): Evaluate {
  let evaluate = base
  for (const prop of props) {
    const target = evaluate
    if (isName(prop)) {
      const key = prop.content
      evaluate = (frame) => readProperty(target(frame), key)
    } else {
      const key = compileToken(prop, scope)
      evaluate = (frame) => readProperty(target(frame), toValue(key(frame)))
    }
  }
  return evaluate
}

function compileRange(token: RangeToken, scope: Scope): Evaluate {
  const low = compileToken(token.lhs, scope)
  const high = compileToken(token.rhs, scope)
  return (frame) => {
    const from = Number(toValue(low(frame)))
    const to = Number(toValue(high(frame)))
    contextOf(frame).memoryLimit.use(to - from + 1)
    const items: number[] = []
    for (let item = from; item <= to; item++) items.push(item)
    return items
  }
}
