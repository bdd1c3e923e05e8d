/**
 * Compiling an email, once per version and per pair of tracking settings.
 *
 * The targets of links and the place of the pixel become slots of the compiled
 * HTML, so that a message costs no search: only its own tracking URLs are put
 * in. HTML that needs the sandbox, where slots cannot reach, is searched after
 * rendering instead. Give it HTML that prepareHtml has prepared.
 */
import { compileProgram, type Program } from './compile.ts'
import { type EmailLinks, type EmailSlot, fillText, type SlotPlan } from './fillSlots.ts'
import type { Variables } from './frame.ts'
import { findHrefs, type Href, refuseUnsafe } from './links.ts'
import type { Dialect } from './liquid.ts'
import { planSlots, rulesOf, type Tracking } from './planSlots.ts'
import {
  type Part,
  type Parts,
  type RenderedEmail,
  renderInline,
  renderMixed,
} from './renderEmail.ts'
import { type Scanned, scan } from './scan.ts'
import { positionOf, TemplateError } from './templateError.ts'
import { textFromHtml } from './textFromHtml.ts'

export interface EmailSource extends Tracking {
  readonly subject: string
  readonly html: string | null
  /** Made from the HTML when null. Never click-tracked. */
  readonly text: string | null
  readonly timeZone?: string | undefined
  readonly locale?: string | undefined
}

export interface CompiledEmail {
  /** `sandbox` emails have `renderAsync` only. */
  readonly kind: 'inline' | 'sandbox'
  readonly variables: readonly string[]
  /** By link index; null where it depends on the message. Empty for the kind `sandbox`. */
  readonly staticDestinations: readonly (string | null)[]
  render(variables: Variables, links: EmailLinks): RenderedEmail
  renderAsync(variables: Variables, links: EmailLinks): Promise<RenderedEmail>
}

const BUILTINS = ['unsubscribe_url', 'preferences_url']

/** Throws TemplateError for what does not compile, and for links that are refused. */
export function compileEmail(source: EmailSource): CompiledEmail {
  const parts = compileParts(source)
  const all = [parts.subject, parts.text, ...(parts.html ? [parts.html] : [])]
  const kind = all.some(({ program }) => program.kind === 'sandbox') ? 'sandbox' : 'inline'
  return {
    kind,
    variables: [...new Set(all.flatMap(({ program }) => program.variables))],
    staticDestinations: parts.html?.program.kind === 'inline' ? parts.html.plan.destinations : [],
    render: (variables, links) => renderInline(parts, variables, links),
    renderAsync: async (variables, links) =>
      kind === 'inline'
        ? renderInline(parts, variables, links)
        : await renderMixed(source, parts, variables, links),
  }
}

function compileParts(source: EmailSource): Parts {
  const { subject, html } = source
  return {
    subject: named('subject', () => compilePlain(subject, source)),
    html: html === null ? null : named('html', () => compileHtml(html, source)),
    text: named('text', () => compileText(source)),
  }
}

/** Errors name the part, since their line and column are the part's own. */
function named<T>(name: string, compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const { line, column } = error
    const at = line === null || column === null ? null : { line, column }
    throw new TemplateError(`${name}: ${error.message}`, at, { cause: error })
  }
}

function compilePlain(text: string, source: EmailSource): Part {
  const dialect = dialectOf(source, 'none')
  const program = source.literal
    ? literalProgram(text, [])
    : compileProgram(scan(text), dialect, { builtins: BUILTINS })
  return { source: text, dialect, program }
}

function compileText(source: EmailSource): Part {
  if (source.text !== null || source.html === null) return compilePlain(source.text ?? '', source)
  const made = textFromHtml(source.html, source.literal)
  try {
    return compilePlain(made, source)
  } catch (error) {
    // One tag of a block stood inside markup and went with it: do without the others.
    if (!(error instanceof TemplateError)) throw error
    return compilePlain(made.replace(/\{%[\s\S]*?%\}/g, ''), source)
  }
}

function compileHtml(html: string, source: EmailSource): Part & { plan: SlotPlan } {
  const dialect = dialectOf(source, 'html')
  const rules = rulesOf(source)
  if (source.literal) {
    const hrefs = findHrefs(html, rules)
    refuseUnsafe(hrefs, (offset) => positionOf(html, offset))
    const plan = planSlots(html, hrefs, source)
    return { source: html, dialect, program: literalProgram(html, plan.slots), plan }
  }
  const scanned = scan(html)
  const hrefs = findHrefs(scanned.text, rules)
  refuseUnsafe(hrefs, scanned.position)
  for (const href of hrefs) checkBalanced(href, scanned, dialect)
  const plan = planSlots(scanned.text, hrefs, source)
  const cuts = { slots: plan.slots, builtins: BUILTINS }
  return { source: html, dialect, program: compileProgram(scanned, dialect, cuts), plan }
}

function literalProgram(text: string, slots: readonly EmailSlot[]): Program {
  return {
    kind: 'inline',
    variables: [],
    render: (_variables, _builtins, host) => fillText(text, slots, host),
  }
}

/** `href="{% if x %}…"` with its endif elsewhere would leave the slot without an end. */
function checkBalanced(href: Href, scanned: Scanned, dialect: Dialect): void {
  if (!href.dynamic) return
  try {
    compileProgram(scan(href.source), dialect)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = `The link "${href.source}" cannot be read by itself: ${why}`
    throw new TemplateError(message, scanned.position(href.start), { cause: error })
  }
}

function dialectOf(source: EmailSource, escaping: Dialect['escape']): Dialect {
  return { escape: escaping, timeZone: source.timeZone, locale: source.locale }
}
