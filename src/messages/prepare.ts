/**
 * Turns a request for a message into what is to be written, or says which field is wrong.
 *
 * Everything that can be known without the contact: channel, sender, template and its
 * variables, times, attachments, the address that was given. Rooms' directories answer from
 * memory, so this costs no query; accept.ts does the rest inside its group commit.
 */
import { addressKind } from '../channels/address.ts'
import type { ChannelId } from '../channels/channel.ts'
import type { Sender } from '../channels/directory.ts'
import { extrasFaults } from '../channels/extras.ts'
import type { TopicFacts } from '../consent/directory.ts'
import { normaliseAddress } from '../contacts/normalise.ts'
import type { AddressKind } from '../contacts/schema.ts'
import { AppError, invalid } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { nextOpening, type SendWindow } from '../lib/window.ts'
import type { UsableTemplate } from '../templates/directory.ts'
import { missingVariables } from '../templates/variables.ts'
import type { WorkspaceFacts } from '../workspaces/directory.ts'
import { tooFarAhead } from './ahead.ts'
import type { Facts } from './facts.ts'
import { EXPIRY_GIVEN, HAS_ATTACHMENTS, TRACK_CLICKS, TRACK_OPENS } from './flags.ts'
import { defaultExpiry } from './retry.ts'
import type { NewMessage, Unless } from './schema.ts'
import type { AttachmentRow, InlineContent } from './store/accept.ts'

/** One channel that a message may go by, with the first sender that would take it. */
export interface Way {
  readonly channel: ChannelId
  readonly kind: AddressKind | null
  readonly sender: Sender
  /** Given for this message and already normalised; null: the contact's own. */
  readonly address: string | null
}

export interface Prepared {
  readonly id: string
  readonly workspace: WorkspaceFacts
  /** Where in the body it stands: '' or '/17'. */
  readonly pointer: string
  readonly recipientId: string | null
  readonly name: string | null
  /** In order; the first whose address is known is taken. */
  readonly ways: readonly Way[]
  readonly template: UsableTemplate | null
  readonly variables: Record<string, unknown> | null
  readonly locale: string | null
  readonly content: InlineContent | null
  readonly attachments: readonly AttachmentRow[]
  readonly priority: NewMessage['priority']
  readonly topic: TopicFacts | null
  readonly kind: 'system' | 'transactional' | 'marketing'
  /** Bits: see flags.ts. */
  readonly flags: number
  readonly metadata: Record<string, unknown> | null
  /** Outside of its window it is held from the start. */
  readonly status: 'queued' | 'scheduled' | 'held'
  /** Without a zone: that of the contact, else of the workspace. */
  readonly sendWindow: SendWindow | null
  readonly dueAt: Date
  readonly scheduledAt: Date | null
  readonly expiresAt: Date
  readonly resendOf: string | null
  /** When its next channel is tried too; null: only once this one refuses it. */
  readonly fallback: { readonly afterSeconds: number; readonly unless: Unless } | null
  /** Known already, so nobody is looked up; null: found by recipientId. */
  readonly contact: KnownContact | null
}

export interface KnownContact {
  readonly id: string
  readonly externalId: string | null
  readonly locale: string | null
  readonly timeZone: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly push: string | null
}

export interface PrepareOptions {
  readonly pointer: string
  readonly now: Date
  /** Whom it is for, when that is known better than the item says. */
  readonly contact?: KnownContact | undefined
}

/** One request may become several messages (`routing.method: all`). `facts` know all that `item` names. */
export function prepare(facts: Facts, item: NewMessage, options: PrepareOptions): Prepared[] {
  const { workspace } = facts
  const { pointer, contact = null } = options
  const template = item.template_id === undefined ? null : templateOf(facts, item, pointer)
  const channels = channelsOf(item, template, pointer)
  checkContent(item, channels, template, pointer)
  checkExtras(item, channels, pointer)
  const topic = item.category === undefined ? null : (facts.topics.get(item.category) ?? null)
  const kind = topic?.kind ?? 'transactional'
  const times = timesOf(item, { kind, timeZone: workspace.timeZone }, options)
  const all = channels.map((channel) => wayOf(facts, item, channel, pointer))
  if (!contact) checkRecipient(item, all, pointer)
  const recipientId = contact ? contact.externalId : (item.recipient_id ?? recipientOfAddress(all))
  const attachments = attachmentsOf(item)
  const fallback = fallbackOf(item, all, pointer)
  // Written out: to spread what they have in common costs more than the rest of this function.
  const one = (ways: readonly Way[]): Prepared => ({
    id: uuid7(options.now.getTime()), // by the clock that writes created_at: search.ts goes by it
    workspace,
    pointer,
    recipientId,
    name: typeof item.to === 'object' ? (item.to.name ?? null) : null,
    ways,
    template,
    variables: item.template_variables ?? null,
    locale: item.locale ?? null,
    content: template ? null : contentOf(item),
    attachments,
    priority: item.priority,
    topic,
    kind,
    flags: flagsOf(item, ways, template),
    metadata: item.metadata ?? null,
    status: times.status,
    sendWindow: times.sendWindow,
    dueAt: times.dueAt,
    scheduledAt: times.scheduledAt,
    expiresAt: times.expiresAt,
    resendOf: null,
    fallback,
    contact,
  })
  return item.routing?.method === 'all' ? all.map((way) => one([way])) : [one(all)]
}

const contentOf = ({ subject, message, html }: NewMessage): InlineContent => ({
  subject: subject ?? null,
  text: message ?? null,
  html: html ?? null,
})

/** A template's own channel goes without saying. */
function channelsOf(
  item: NewMessage,
  template: UsableTemplate | null,
  pointer: string,
): ChannelId[] {
  if (item.routing && (item.channel || item.fallback_channels)) {
    throw invalid(
      `${pointer}/routing`,
      'Give either routing or channel with fallback_channels, not both.',
    )
  }
  const first = item.channel ?? template?.channel
  const wanted = item.routing?.channels ?? (first ? [first, ...(item.fallback_channels ?? [])] : [])
  if (wanted.length === 0) throw invalid(`${pointer}/channel`, 'Name a channel.')
  return wanted.length === 1 ? wanted : [...new Set(wanted)]
}

function templateOf(facts: Facts, item: NewMessage, pointer: string): UsableTemplate {
  const template = facts.templates.get(item.template_id ?? '')
  if (!template) {
    throw invalid(
      `${pointer}/template_id`,
      `There is no template with the id or name ${JSON.stringify(item.template_id)}.`,
    )
  }
  const missing = missingVariables(template.variables, item.template_variables ?? {})
  if (missing.length > 0) {
    throw invalid(
      `${pointer}/template_variables/${missing[0]}`,
      `The template ${template.name} needs ${missing.length === 1 ? 'the variable' : 'the variables'} ${missing.join(', ')}.`,
    )
  }
  return template
}

function checkContent(
  item: NewMessage,
  channels: readonly ChannelId[],
  template: UsableTemplate | null,
  pointer: string,
): void {
  if (item.attachments?.length && !channels.includes('email'))
    throw invalid(`${pointer}/attachments`, 'Only email takes attachments.')
  if (template) {
    const given = (['message', 'html', 'subject'] as const).find(
      (field) => item[field] !== undefined,
    )
    if (given)
      throw invalid(
        `${pointer}/${given}`,
        'Give either a template_id or the content itself, not both.',
      )
    return
  }
  if (item.template_variables)
    throw invalid(`${pointer}/template_variables`, 'Variables need a template_id.')
  if (!item.message?.trim() && !(item.html && channels.includes('email'))) {
    throw invalid(`${pointer}/message`, 'Give a message, or a template_id.')
  }
  if (channels.includes('email') && !item.subject?.trim())
    throw invalid(`${pointer}/subject`, 'An email needs a subject.')
  if (item.html !== undefined && !channels.includes('email'))
    throw invalid(`${pointer}/html`, 'Only email takes html; use message.')
}

function checkExtras(item: NewMessage, channels: readonly ChannelId[], pointer: string): void {
  if (item.metadata === undefined) return
  const errors = channels.flatMap((channel) => extrasFaults(channel, item.metadata, pointer))
  const [first] = errors
  if (first) throw new AppError('invalid_input', `${first.pointer}: ${first.detail}`, { errors })
}

function timesOf(
  item: NewMessage,
  { kind, timeZone }: { kind: Prepared['kind']; timeZone: string },
  options: { pointer: string; now: Date },
) {
  const { now, pointer } = options
  const scheduledAt = item.scheduled_at === undefined ? null : new Date(item.scheduled_at)
  const tooFar = scheduledAt && tooFarAhead(`${pointer}/scheduled_at`, scheduledAt, now)
  if (tooFar) throw tooFar
  const wantedAt = scheduledAt && scheduledAt > now ? scheduledAt : now
  const waits = item.send_window && item.priority !== 'urgent'
  const sendWindow = waits ? item.send_window! : null
  const dueAt = sendWindow ? nextOpening(sendWindow, wantedAt, timeZone) : wantedAt
  const expiresAt =
    item.expires_at === undefined ? defaultExpiry(kind, dueAt) : new Date(item.expires_at)
  if (expiresAt <= dueAt) throw tooEarly(pointer)
  return { status: statusOf({ wantedAt, dueAt, now }), sendWindow, scheduledAt, dueAt, expiresAt }
}

const tooEarly = (pointer: string) =>
  invalid(`${pointer}/expires_at`, 'This is before the message could be sent.')

const statusOf = ({
  wantedAt,
  dueAt,
  now,
}: Readonly<Record<'wantedAt' | 'dueAt' | 'now', Date>>): Prepared['status'] =>
  dueAt > wantedAt ? 'held' : dueAt > now ? 'scheduled' : 'queued'

type Times = Pick<Prepared, 'status' | 'sendWindow' | 'dueAt' | 'expiresAt'>

/** The window's hours are those of the contact's zone when it names none itself. It is kept with its zone. */
export function timesInZone(
  prepared: Prepared,
  contactZone: string | null,
  now: Date,
): Times | AppError {
  const { sendWindow, scheduledAt, kind, flags } = prepared
  if (sendWindow === null) return prepared
  const timeZone = sendWindow.time_zone ?? contactZone ?? prepared.workspace.timeZone
  const zoned = { ...sendWindow, time_zone: timeZone }
  const wantedAt = scheduledAt && scheduledAt > now ? scheduledAt : now
  const dueAt = nextOpening(zoned, wantedAt, timeZone)
  const expiresAt = flags & EXPIRY_GIVEN ? prepared.expiresAt : defaultExpiry(kind, dueAt)
  if (expiresAt <= dueAt) return tooEarly(prepared.pointer)
  return { status: statusOf({ wantedAt, dueAt, now }), sendWindow: zoned, dueAt, expiresAt }
}

function fallbackOf(item: NewMessage, ways: readonly Way[], pointer: string): Prepared['fallback'] {
  const { fallback_after: afterSeconds, fallback_unless: unless } = item
  if (afterSeconds === undefined) {
    if (unless === undefined) return null
    throw invalid(`${pointer}/fallback_unless`, 'Say after how many seconds: fallback_after.')
  }
  if (ways.length < 2 || item.routing?.method === 'all')
    throw invalid(
      `${pointer}/fallback_after`,
      'Name the channels to try then: fallback_channels, or routing with the method single.',
    )
  return { afterSeconds, unless: unless ?? 'delivered' }
}

function wayOf(
  { senders, workspace }: Facts,
  item: NewMessage,
  channel: ChannelId,
  pointer: string,
): Way {
  const sender = item.sender_id ? senders.find(item.sender_id) : senders.forChannel(channel)[0]
  if (!sender || (item.sender_id && sender.channel !== channel)) {
    throw invalid(
      item.sender_id ? `${pointer}/sender_id` : `${pointer}/channel`,
      `There is no such sender for the channel ${channel}.`,
    )
  }
  const kind = addressKind(channel)
  return {
    channel,
    kind,
    sender,
    address: kind === null ? null : givenAddress(item, kind, workspace, pointer),
  }
}

const fieldOf = { email: 'email', phone: 'phone', push: 'push_token' } as const

function givenAddress(
  item: NewMessage,
  kind: AddressKind,
  workspace: WorkspaceFacts,
  pointer: string,
): string | null {
  const text = typeof item.to === 'string' ? item.to : item.to?.[fieldOf[kind]]
  if (text === undefined) return null
  const normal = normaliseAddress(kind, text, workspace.defaultCountry)
  if (normal.ok) return normal.address
  // A plain `to` fits one kind of address; with several channels it may be meant for another.
  if (typeof item.to === 'string' && (item.fallback_channels?.length || item.routing)) return null
  throw invalid(
    typeof item.to === 'string' ? `${pointer}/to` : `${pointer}/to/${fieldOf[kind]}`,
    normal.fault,
  )
}

function checkRecipient(item: NewMessage, ways: readonly Way[], pointer: string): void {
  if (
    item.recipient_id !== undefined ||
    ways.every((way) => way.kind === null && way.channel !== 'in_app')
  )
    return
  if (ways.some((way) => way.address !== null)) return
  throw invalid(`${pointer}/recipient_id`, 'Say for whom: recipient_id, or an address as to.')
}

/** Somebody known by address only is a contact of that address. */
function recipientOfAddress(ways: readonly Way[]): string | null {
  const way = ways.find((candidate) => candidate.address !== null)
  return way?.address ?? null
}

function attachmentsOf(item: NewMessage): AttachmentRow[] {
  return (item.attachments ?? []).map((file) => ({
    filename: file.filename,
    contentType: file.content_type,
    contentId: file.content_id ?? null,
    content: Buffer.from(file.content, 'base64'),
  }))
}

/** Tracking is on by default for HTML email, off otherwise. */
function flagsOf(item: NewMessage, ways: readonly Way[], template: UsableTemplate | null): number {
  const files =
    (item.attachments?.length ? HAS_ATTACHMENTS : 0) | (item.expires_at ? EXPIRY_GIVEN : 0)
  if (!ways.some(({ channel }) => channel === 'email')) return files
  const wanted = item.tracking ?? (template ? template.hasHtml : item.html !== undefined)
  if (typeof wanted === 'boolean') return files | (wanted ? TRACK_OPENS | TRACK_CLICKS : 0)
  return files | (wanted.opens ? TRACK_OPENS : 0) | (wanted.clicks ? TRACK_CLICKS : 0)
}
