/** Tags and outputs: from LiquidJS's parsed nodes to one function that writes. */
import {
  AssignTag,
  BreakTag,
  CaptureTag,
  CaseTag,
  CommentTag,
  ContinueTag,
  ForTag,
  IfTag,
  InlineCommentTag,
  Output,
  RawTag,
  type Template,
  TypeGuards,
  toValue,
  UnlessTag,
  type Value,
} from 'liquidjs'
import { compileToken, compileValue, equal, NeedsSandbox, truthy } from './compileExpression.ts'
import { compileFor } from './compileFor.ts'
import { checkOutput, escapeHtml, type Frame, spend, stringify, weigh } from './frame.ts'
import { type Builder, capture, PartList, type Place, toWrite, type Write } from './partList.ts'

export function compileNodes(nodes: readonly Template[], builder: Builder, place: Place): Write {
  const list = new PartList(builder, place)
  for (const node of nodes) addNode(list, node, builder)
  return toWrite(list.close())
}

function addNode(list: PartList, node: Template, builder: Builder): void {
  const { token } = node
  if (TypeGuards.isHTMLToken(token)) {
    list.addText(token.input, token.begin + token.trimLeft, token.end - token.trimRight)
  } else if (node instanceof RawTag) {
    for (const { input, begin, end } of node['tokens']) list.addText(input, begin, end)
  } else if (!(node instanceof CommentTag || node instanceof InlineCommentTag)) {
    const place = list.placeAt(token.begin)
    const write = compileNode(node, builder, place)
    const at = token.begin
    list.addWrite((frame) => {
      frame.at = at
      write(frame)
    })
  }
}

function compileNode(node: Template, builder: Builder, place: Place): Write {
  if (node instanceof Output) return compileOutput(node, builder, place)
  if (node instanceof IfTag) return compileBranches(node, false, builder, place)
  if (node instanceof UnlessTag) return compileBranches(node, true, builder, place)
  if (node instanceof CaseTag) return compileCase(node, builder, place)
  if (node instanceof ForTag) return compileFor(node, builder, place)
  if (node instanceof AssignTag) return compileAssign(node, place)
  if (node instanceof CaptureTag) return compileCapture(node, builder, place)
  if (node instanceof BreakTag) return signal('break')
  if (node instanceof ContinueTag) return signal('continue')
  throw new NeedsSandbox('tag')
}

function signal(kind: 'break' | 'continue'): Write {
  return (frame) => {
    frame.signal = kind
  }
}

function compileOutput(node: Output, builder: Builder, place: Place): Write {
  const evaluate = compileValue(node.value, place)
  const escaped = builder.escape && !place.inSlot && node.value.filters.at(-1)?.raw !== true
  return (frame) => {
    const value = evaluate(frame)
    if (typeof value === 'object') spend(frame, weigh(value))
    const text = stringify(value)
    frame.out += escaped ? escapeHtml(text) : text
    checkOutput(frame)
  }
}

function compileBranches(
  node: IfTag | UnlessTag,
  unless: boolean,
  builder: Builder,
  place: Place,
): Write {
  const branches = node.branches.map(({ value, templates }, index) => ({
    test: condition(value, unless && index === 0, place),
    write: compileNodes(templates, builder, place),
  }))
  const otherwise = compileNodes(node.elseTemplates ?? [], builder, place)
  return (frame) => {
    for (const branch of branches) {
      if (branch.test(frame)) return branch.write(frame)
    }
    otherwise(frame)
  }
}

function condition(value: Value, negated: boolean, place: Place): (frame: Frame) => boolean {
  const evaluate = compileValue(value, place)
  return (frame) => truthy(evaluate(frame), frame) !== negated
}

/** Every branch that matches is rendered: LiquidJS does not stop at the first. */
function compileCase(node: CaseTag, builder: Builder, place: Place): Write {
  const target = compileValue(node.value, place)
  const branches = node.branches.map(({ values, templates }) => ({
    values: values.map((token) => compileToken(token, place)),
    write: compileNodes(templates, builder, place),
  }))
  const otherwise = compileNodes(node.elseTemplates, builder, place)
  return (frame) => {
    const wanted: unknown = toValue(target(frame))
    let hit = false
    for (const { values, write } of branches) {
      if (values.some((value) => equal(wanted, value(frame), frame))) {
        hit = true
        write(frame)
      }
    }
    if (!hit) otherwise(frame)
  }
}

function compileAssign(node: AssignTag, place: Place): Write {
  const name = node['key']
  const evaluate = compileValue(node['value'], place)
  return (frame) => set(frame, name, evaluate(frame))
}

function compileCapture(node: CaptureTag, builder: Builder, place: Place): Write {
  const { variable: name, templates } = node
  const write = compileNodes(templates, builder, place)
  return (frame) => set(frame, name, capture(frame, write))
}

function set(frame: Frame, name: string, value: unknown): void {
  frame.assigned ??= Object.create(null)
  frame.assigned![name] = value
}
