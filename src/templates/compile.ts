/**
 * Compiling a template, once per version.
 *
 * Most templates become functions that write strings (`inline`, about 1 µs a
 * render). What uses other valid Liquid becomes `sandbox`: LiquidJS renders it
 * in a worker, 100 times slower and as safe. Both print the same.
 */
import type { Liquid, Template } from 'liquidjs'
import { NeedsSandbox } from './compileExpression.ts'
import { compileNodes } from './compileNodes.ts'
import { checkOutput, createFrame, type Frame, type SlotHost, type Variables } from './frame.ts'
import { createLiquid, type Dialect, readFault } from './liquid.ts'
import type { Slot, Write } from './partList.ts'
import { renderInSandbox } from './sandbox.ts'
import { type Scanned, scan } from './scan.ts'
import { TemplateError } from './templateError.ts'

export interface Compiled {
  readonly kind: 'inline' | 'sandbox'
  readonly source: string
  /** Root names that must come from outside, in order of appearance. */
  readonly variables: readonly string[]
  /** Throws TemplateError for the kind `sandbox`, and when a limit is reached. */
  render(variables: Variables): string
  /** Renders both kinds. */
  renderAsync(variables: Variables): Promise<string>
}

/** Throws TemplateError with line and column for unknown tags, unknown filters and bad syntax. */
export function compile(source: string, options: Dialect): Compiled {
  const program = compileProgram(scan(source), options)
  const render = (variables: Variables) => program.render(variables, {}, null)
  return {
    kind: program.kind,
    source,
    variables: program.variables,
    render,
    renderAsync: async (variables) =>
      program.kind === 'inline'
        ? render(variables)
        : await renderInSandbox(source, variables, options),
  }
}

/** A compiled template as compileEmail needs it: with slots and with names of our own. */
export interface Program {
  readonly kind: 'inline' | 'sandbox'
  readonly variables: readonly string[]
  render(variables: Variables, builtins: Variables, host: SlotHost | null): string
}

export interface Cuts {
  readonly slots?: readonly Slot[]
  readonly builtins?: readonly string[]
}

export function compileProgram(scanned: Scanned, dialect: Dialect, cuts: Cuts = {}): Program {
  const liquid = createLiquid(dialect)
  try {
    const nodes = liquid.parse(scanned.text)
    const write = compileInline(nodes, dialect, cuts)
    const own = new Set(cuts.builtins)
    return {
      kind: write ? 'inline' : 'sandbox',
      variables: liquid.globalVariablesSync(nodes).filter((name) => !own.has(name)),
      render: write ? inlineRender(liquid, write, scanned) : needsSandbox,
    }
  } catch (error) {
    throw toTemplateError(error, scanned)
  }
}

function compileInline(nodes: readonly Template[], dialect: Dialect, cuts: Cuts): Write | null {
  const slots = cuts.slots ?? []
  const builder = { escape: dialect.escape === 'html', slots, nextSlot: 0, locals: 0 }
  const place = { builtins: new Set(cuts.builtins), locals: new Map(), inSlot: false }
  try {
    return compileNodes(nodes, builder, place)
  } catch (error) {
    if (error instanceof NeedsSandbox) return null
    throw error
  }
}

function inlineRender(liquid: Liquid, write: Write, scanned: Scanned): Program['render'] {
  return (variables, builtins, host) => {
    const frame = createFrame(liquid, variables, builtins, host)
    try {
      write(frame)
      checkOutput(frame)
      return frame.out
    } catch (error) {
      throw atFrame(error, frame, scanned)
    }
  }
}

function needsSandbox(): string {
  throw new TemplateError('This template renders in the sandbox only: use renderAsync.')
}

function atFrame(error: unknown, frame: Frame, scanned: Scanned): TemplateError {
  return new TemplateError(readFault(error).message, scanned.position(frame.at), { cause: error })
}

function toTemplateError(error: unknown, scanned: Scanned): TemplateError {
  if (error instanceof TemplateError) return error
  const { message, begin } = readFault(error)
  const at = begin === null ? null : scanned.position(begin)
  return new TemplateError(message, at, { cause: error })
}
