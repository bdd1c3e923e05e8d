/**
 * Rendering a compiled email for one message: in this process where all of its
 * parts allow it, else part by part, in the sandbox where that is needed.
 */
import type { Program } from './compile.ts'
import { type EmailLinks, fillSlots, fillText, type SlotPlan } from './fillSlots.ts'
import type { Variables } from './frame.ts'
import { findHrefs } from './links.ts'
import type { Dialect } from './liquid.ts'
import { planSlots, rulesOf, type Tracking } from './planSlots.ts'
import { renderInSandbox } from './sandbox.ts'

export interface RenderedEmail {
  readonly subject: string
  readonly html: string | null
  readonly text: string
  /**
   * Where each link index of this message leads; '' for a link that was not
   * rendered. Longer than `staticDestinations` when a loop repeats a link with
   * other targets. The same array as long as nothing in it depends on the message.
   */
  readonly destinations: readonly string[]
}

export interface Parts {
  readonly subject: Part
  readonly html: (Part & { readonly plan: SlotPlan }) | null
  readonly text: Part
}

export interface Part {
  readonly source: string
  readonly dialect: Dialect
  readonly program: Program
}

/** Read when they are asked for: most templates name neither, and each is a signature. */
function builtinsOf(links: EmailLinks): Variables {
  return {
    get unsubscribe_url() {
      return links.unsubscribe
    },
    get preferences_url() {
      return links.preferences
    },
  }
}

export function renderInline(parts: Parts, variables: Variables, links: EmailLinks): RenderedEmail {
  const builtins = builtinsOf(links)
  const { subject, html, text } = parts
  const filler = html && fillSlots(html.plan, links)
  return {
    subject: oneLine(subject.program.render(variables, builtins, null)),
    html: html?.program.render(variables, builtins, filler?.host ?? null) ?? null,
    text: text.program.render(variables, builtins, null),
    destinations: filler?.destinations() ?? [],
  }
}

/** A line end in a subject would begin another header field (RFC 5322 §2.2). */
function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ').trim() : text
}

export async function renderMixed(
  tracking: Tracking,
  parts: Parts,
  variables: Variables,
  links: EmailLinks,
): Promise<RenderedEmail> {
  const { html } = parts
  const filled = html && (await renderHtml(tracking, html, variables, links))
  return {
    subject: oneLine(await renderPart(parts.subject, variables, links)),
    html: filled?.text ?? null,
    text: await renderPart(parts.text, variables, links),
    destinations: filled?.destinations() ?? [],
  }
}

async function renderPart(part: Part, variables: Variables, links: EmailLinks): Promise<string> {
  const builtins = builtinsOf(links)
  return part.program.kind === 'inline'
    ? part.program.render(variables, builtins, null)
    : await renderInSandbox(part.source, { ...variables, ...builtins }, part.dialect)
}

async function renderHtml(
  tracking: Tracking,
  html: NonNullable<Parts['html']>,
  variables: Variables,
  links: EmailLinks,
) {
  if (html.program.kind === 'inline') {
    const { host, destinations } = fillSlots(html.plan, links)
    return { text: html.program.render(variables, builtinsOf(links), host), destinations }
  }
  return fillRendered(await renderPart(html, variables, links), tracking, links)
}

/** In finished HTML every target that is tracked or refused is one that depends on the message. */
function fillRendered(html: string, tracking: Tracking, links: EmailLinks) {
  const literal = { ...tracking, literal: true }
  const hrefs = findHrefs(html, rulesOf(literal)).map((href) => ({
    ...href,
    dynamic: href.fate.go !== 'keep',
  }))
  const plan = planSlots(html, hrefs, literal)
  const { host, destinations } = fillSlots(plan, links)
  return { text: fillText(html, plan.slots, host), destinations }
}
