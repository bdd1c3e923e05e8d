/**
 * From a due row to what a provider sends. Text is made here and nowhere else; the
 * preview in the dashboard and the sandbox's outbox render the same way again.
 */
import type { Contents, EmailContent, Mailbox } from '../channels/channel.ts'
import type { Sender } from '../channels/directory.ts'
import { mailboxOf } from '../channels/mailbox.ts'
import type { Outbound } from '../channels/provider.ts'
import type { Mac } from '../lib/hmac.ts'
import { messageId } from '../lib/replies.ts'
import type { Tokens } from '../lib/token.ts'
import { type CompiledEmail, compileEmail } from '../templates/compileEmail.ts'
import type { TemplateDirectory, Use } from '../templates/directory.ts'
import { wrapDirection } from '../templates/locale.ts'
import type { RenderedEmail } from '../templates/renderEmail.ts'
import { withDefaults } from '../templates/variables.ts'
import type { WorkspaceFacts } from '../workspaces/directory.ts'
import { TRACK_CLICKS, TRACK_OPENS } from './flags.ts'
import { type PublicLinks, publicLinks } from './links.ts'
import type { AttachmentRow, InlineContent } from './store/accept.ts'
import type { Due } from './store/due.ts'

export interface RenderDeps {
  readonly templates: TemplateDirectory
  readonly tokens: Tokens
  readonly mac: Mac
  readonly publicUrl: string
}

/** What belongs to one row besides its columns. */
export interface Parts {
  readonly workspace: WorkspaceFacts
  readonly sender: Sender
  readonly content: InlineContent | undefined
  readonly attachments: readonly AttachmentRow[]
  /** For templates that use {{ contact }}. */
  readonly contact: Readonly<Record<string, unknown>> | undefined
}

export interface Rendered {
  readonly outbound: Outbound<keyof Contents>
  /** Link destinations that only this message has, by index; empty when the template version knows them. */
  readonly destinations: readonly string[]
}

/** Throws TemplateError when the content does not render. A promise only when a worker is needed. */
export function render(row: Due, parts: Parts, deps: RenderDeps): Rendered | Promise<Rendered> {
  const links = publicLinks(deps.tokens, deps.publicUrl, {
    workspaceNumber: parts.workspace.number,
    messageId: row.id,
  })
  if (row.templateId === null)
    return finish(row, parts, deps, links, renderInline(row, parts, links, deps))
  const use = useOf(row, parts.workspace.honeypotLink)
  const version = deps.templates.peek(use)
  if (!version) return deps.templates.compile(use).then(() => render(row, parts, deps))
  const variables = {
    contact: parts.contact,
    ...withDefaults(version.variables, row.variables ?? {}),
  }
  const tracked = trackedLinks(row, links)
  const known = version.email.staticDestinations
  const done = (rendered: RenderedEmail) => finish(row, parts, deps, links, { rendered, known })
  return version.email.kind === 'inline'
    ? done(version.email.render(variables, tracked))
    : version.email.renderAsync(variables, tracked).then(done)
}

/** Where links lead is the same with a hidden one and without. */
export function useOf(
  row: Pick<Due, 'workspaceId' | 'templateId' | 'templateVersion' | 'locale' | 'channel' | 'flags'>,
  honeypot = false,
): Use {
  return {
    workspaceId: row.workspaceId,
    templateId: row.templateId ?? '',
    version: row.templateVersion ?? 0,
    locale: row.locale ?? 'en',
    html: row.channel === 'email',
    trackOpens: (row.flags & TRACK_OPENS) !== 0,
    trackClicks: (row.flags & TRACK_CLICKS) !== 0,
    honeypot,
  }
}

interface RenderedWithKnown {
  readonly rendered: RenderedEmail
  /** Destinations that need no row of their own. */
  readonly known: CompiledEmail['staticDestinations']
}

/** Content that came with the message is literal: its braces are text. */
function renderInline(
  row: Due,
  parts: Parts,
  links: PublicLinks,
  deps: RenderDeps,
): RenderedWithKnown {
  const { subject, text, html } = parts.content ?? { subject: null, text: null, html: null }
  if (html === null || row.channel !== 'email') {
    return {
      rendered: { subject: subject ?? '', html: null, text: text ?? '', destinations: [] },
      known: [],
    }
  }
  const email = compileEmail({
    subject: subject ?? '',
    html: wrapDirection(html, row.locale ?? parts.workspace.locale),
    text,
    literal: true,
    trackOpens: (row.flags & TRACK_OPENS) !== 0,
    trackClicks: (row.flags & TRACK_CLICKS) !== 0,
    honeypot: parts.workspace.honeypotLink,
    trackingOrigin: deps.publicUrl,
  })
  return { rendered: email.render({}, trackedLinks(row, links)), known: [] }
}

/** The pixel only where opens are tracked: its URL is signed when it is read. */
function trackedLinks(row: Due, links: PublicLinks) {
  if ((row.flags & TRACK_OPENS) !== 0) return links
  return {
    click: links.click,
    pixel: null,
    get unsubscribe() {
      return links.unsubscribe
    },
    get preferences() {
      return links.preferences
    },
  }
}

function finish(
  row: Due,
  parts: Parts,
  deps: RenderDeps,
  links: PublicLinks,
  { rendered, known }: RenderedWithKnown,
): Rendered {
  const own = rendered.destinations.some((url, index) => known[index] !== url)
  const content =
    row.channel === 'email'
      ? emailContent(row, parts, deps, links, rendered)
      : textContent(row, rendered)
  return {
    outbound: { id: row.id, to: row.address ?? '', content },
    destinations: own ? rendered.destinations : [],
  }
}

function textContent(row: Due, rendered: RenderedEmail) {
  return { title: rendered.subject || null, text: rendered.text, data: row.metadata ?? {} }
}

function emailContent(
  row: Due,
  parts: Parts,
  deps: RenderDeps,
  links: PublicLinks,
  rendered: RenderedEmail,
): EmailContent {
  const from = fromOf(parts.sender)
  return {
    from: from.mailbox,
    toName: row.toName,
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    messageId: messageId(row.id, from.domain, deps.mac),
    // RFC 8058 §3.1: both fields, on mail that somebody may want to be rid of.
    headers:
      row.kind === 'marketing'
        ? {
            'List-Unsubscribe': `<${links.unsubscribe}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }
        : {},
    attachments: parts.attachments.map((file) => ({
      ...file,
      contentId: file.contentId ?? undefined,
    })),
  }
}

const known = new WeakMap<Sender, { mailbox: Mailbox; domain: string }>()

/** Who a sender's mail is from, read once per sender. */
function fromOf(sender: Sender) {
  const before = known.get(sender)
  if (before) return before
  const mailbox = mailboxOf(sender)
  const from = { mailbox, domain: mailbox.address.slice(mailbox.address.lastIndexOf('@') + 1) }
  known.set(sender, from)
  return from
}
