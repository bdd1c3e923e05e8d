/**
 * Sends a test. It is no message: it has no row, no tracking and no counters. It does not pause its sender.
 * Suppressed addresses get no tests either.
 */
import { addressKind } from '../channels/address.ts'
import type { ChannelId, Contents } from '../channels/channel.ts'
import type { Sender, SenderDirectory } from '../channels/directory.ts'
import { mailboxOf } from '../channels/mailbox.ts'
import { isSuppressed } from '../consent/suppress.ts'
import { normaliseAddress } from '../contacts/normalise.ts'
import { type Db, inWorkspace } from '../db/db.ts'
import { AppError, invalid, isVendorFault } from '../errors.ts'
import { uuid7 } from '../lib/uuid7.ts'
import type { WorkspaceDirectory } from '../workspaces/directory.ts'
import type { TemplateDirectory } from './directory.ts'
import type { RenderedEmail } from './renderEmail.ts'
import type { TestResult } from './schema.ts'

export interface TestDeps {
  readonly db: Db
  readonly publicUrl: string
  readonly directories: {
    readonly workspaces: WorkspaceDirectory
    readonly senders: SenderDirectory
    readonly templates: TemplateDirectory
  }
}

export interface Recipient {
  readonly sender: Sender
  readonly address: string
  readonly suppressed: boolean
}

export async function findRecipient(
  workspaceId: string,
  channel: ChannelId,
  to: string,
  deps: TestDeps,
): Promise<Recipient> {
  const [sender] = await deps.directories.senders.forChannel(workspaceId, channel)
  if (!sender) throw new AppError('conflict', `There is no sender for the channel ${channel}.`)
  return recipientOf(sender, to, deps)
}

/** Raises `invalid_input` for an address that is none. */
export async function recipientOf(
  sender: Sender,
  to: string,
  { db, directories }: TestDeps,
): Promise<Recipient> {
  const { workspaceId } = sender
  const kind = addressKind(sender.channel)
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

export async function sendTest(
  { sender, address, suppressed }: Recipient,
  rendered: Pick<RenderedEmail, 'subject' | 'html' | 'text'>,
  { directories }: TestDeps,
): Promise<Sent> {
  const id = uuid7()
  const content = contentFor(sender, id, rendered)
  const about = {
    ...{ to: address, subject: 'subject' in content ? content.subject : content.title },
    ...{ sender_id: sender.id, sender_name: sender.name, provider: sender.provider.id },
  }
  if (suppressed)
    return { ...about, status: 'failed', detail: 'The address is on the suppression list.' }
  try {
    const context = directories.senders.context(sender)
    const { reply } = await sender.provider.send({ id, to: address, content }, context)
    return { ...about, status: 'sent', detail: `${sender.name} accepted it: ${reply}` }
  } catch (error) {
    if (!isVendorFault(error)) throw error
    return { ...about, status: 'failed', detail: `${sender.name}: ${error.message}` }
  }
}

function contentFor(
  sender: Sender,
  id: string,
  rendered: Pick<RenderedEmail, 'subject' | 'html' | 'text'>,
): Contents[ChannelId] {
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
