/**
 * Shows what a template makes of some variables, and sends it somewhere when asked.
 *
 * A test is no message: it has no row, no tracking and no counters, and its unsubscribe link
 * goes nowhere. It does not pause its sender. Suppressed addresses get no tests either.
 */
import { addressKind } from '../channels/address.ts'
import type { ChannelId, Contents } from '../channels/channel.ts'
import type { Sender, SenderDirectory } from '../channels/directory.ts'
import { mailboxOf } from '../channels/mailbox.ts'
import { isSuppressed } from '../consent/suppress.ts'
import { normaliseAddress } from '../contacts/normalise.ts'
import { type Db, inWorkspace } from '../db/db.ts'
import { AppError, invalid, Misconfigured, Rejected, Retryable, Unanswered } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import type { WorkspaceDirectory } from '../workspaces/directory.ts'
import type { TemplateDirectory } from './directory.ts'
import { getTemplate } from './find.ts'
import { findHrefs } from './links.ts'
import type { RenderedEmail } from './renderEmail.ts'
import type { TestRequest, TestResult } from './schema.ts'
import { TemplateError } from './templateError.ts'
import { missingVariables, withDefaults } from './variables.ts'

export interface TestDeps {
  readonly db: Db
  readonly publicUrl: string
  readonly directories: {
    readonly workspaces: WorkspaceDirectory
    readonly senders: SenderDirectory
    readonly templates: TemplateDirectory
  }
}

/** Raises `invalid_input` for missing variables and for an address that is none. */
export async function testTemplate(
  workspaceId: string,
  ref: string,
  request: TestRequest,
  deps: TestDeps,
): Promise<TestResult> {
  const template = await inWorkspace(deps.db, workspaceId, (tx) =>
    getTemplate(tx, workspaceId, ref),
  )
  const channel = template.channel as ChannelId // written from channelIds only
  const version = request.version ?? template.version
  const recipient =
    request.to === undefined ? null : await findRecipient(workspaceId, channel, request.to, deps)
  const rendered = await renderTest(
    workspaceId,
    { id: template.id, channel, version },
    request,
    deps,
  )
  const html = channel === 'email' ? rendered.html : null
  return {
    subject: rendered.subject || null,
    html,
    text: rendered.text,
    links: html === null ? [] : linksOf(html),
    sent: recipient && (await send(recipient, { ...rendered, html }, deps)),
  }
}

async function renderTest(
  workspaceId: string,
  { id, channel, version }: { id: string; channel: ChannelId; version: number },
  request: TestRequest,
  { directories, publicUrl }: TestDeps,
): Promise<RenderedEmail> {
  const given = request.template_variables
  const links = {
    click: () => '',
    pixel: null,
    unsubscribe: `${publicUrl}/?test=unsubscribe_url`,
    preferences: `${publicUrl}/?test=preferences_url`,
  }
  try {
    const compiled = await directories.templates.compile({
      workspaceId,
      templateId: id,
      version,
      locale: request.locale ?? (await directories.workspaces.get(workspaceId)).locale,
      html: channel === 'email',
      trackOpens: false,
      trackClicks: false,
    })
    const missing = missingVariables(compiled.variables, given)
    if (missing.length > 0) throw missingError(missing)
    return await compiled.email.renderAsync(withDefaults(compiled.variables, given), links)
  } catch (error) {
    if (error instanceof TemplateError) throw invalid('/template_variables', error.message)
    throw error
  }
}

function missingError(names: readonly string[]): AppError {
  const several = names.length > 1
  const detail = `The template needs the variable${several ? 's' : ''} ${names.join(', ')}.`
  const errors = names.map((name) => ({
    pointer: `/template_variables/${name}`,
    detail: `The template needs a value for ${name}.`,
  }))
  return new AppError('invalid_input', detail, { errors })
}

function linksOf(html: string): string[] {
  const fates = findHrefs(html, { literal: true }).map(({ fate }) => fate)
  return [...new Set(fates.filter((fate) => fate.go === 'track').map(({ url }) => url))]
}

interface Recipient {
  readonly sender: Sender
  readonly address: string
  readonly suppressed: boolean
}

async function findRecipient(
  workspaceId: string,
  channel: ChannelId,
  to: string,
  { db, directories }: TestDeps,
): Promise<Recipient> {
  const [sender] = await directories.senders.forChannel(workspaceId, channel)
  if (!sender) throw new AppError('conflict', `There is no sender for the channel ${channel}.`)
  const kind = addressKind(channel)
  if (kind === null) return { sender, address: to, suppressed: false }
  const { defaultCountry } = await directories.workspaces.get(workspaceId)
  const normal = normaliseAddress(kind, to, defaultCountry)
  if (!normal.ok) throw invalid('/to', normal.fault)
  const { address } = normal
  const suppressed = await inWorkspace(db, workspaceId, (tx) =>
    isSuppressed(tx, workspaceId, { kind, address }, db.clock.now()),
  )
  return { sender, address, suppressed }
}

type Sent = NonNullable<TestResult['sent']>

async function send(
  { sender, address, suppressed }: Recipient,
  rendered: RenderedEmail,
  { directories }: TestDeps,
): Promise<Sent> {
  if (suppressed) return { status: 'failed', detail: 'The address is on the suppression list.' }
  const id = uuid7()
  const content = contentFor(sender, id, rendered)
  try {
    const context = directories.senders.context(sender)
    const { reply } = await sender.provider.send({ id, to: address, content }, context)
    return { status: 'sent', detail: `${sender.name} accepted it: ${reply}` }
  } catch (error) {
    if (!families.some((family) => error instanceof family)) throw error
    return { status: 'failed', detail: `${sender.name}: ${(error as Error).message}` } // one of the four
  }
}

const families = [Retryable, Unanswered, Rejected, Misconfigured]

function contentFor(sender: Sender, id: string, rendered: RenderedEmail): Contents[ChannelId] {
  const { subject, html, text } = rendered
  if (sender.channel !== 'email') return { title: subject || null, text, data: {} }
  const from = mailboxOf(sender)
  return {
    from,
    subject: `[Test] ${subject}`,
    html,
    text,
    // Not one of the ids that find their message again: there is none.
    messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    headers: {},
    attachments: [],
  }
}
