/** What belongs to due messages besides their rows: content, files, contact, links. */
import type { Sql } from '../../db/db.ts'
import type { AttachmentRow, InlineContent } from './accept.ts'

interface Ref {
  readonly workspaceId: string
  readonly id: string
}

export async function findContents(
  sql: Sql,
  messages: readonly Ref[],
): Promise<Map<string, InlineContent>> {
  const rows = await sql<{ messageId: string; content: InlineContent }[]>`
    select c.message_id, c.content
    from unnest(${messages.map((message) => message.workspaceId)}::uuid[], ${messages.map((message) => message.id)}::uuid[]) as w (workspace_id, id)
    join message_contents c on c.workspace_id = w.workspace_id and c.message_id = w.id
  `
  return new Map(rows.map((row) => [row.messageId, row.content]))
}

export async function findAttachments(
  sql: Sql,
  messages: readonly Ref[],
): Promise<Map<string, AttachmentRow[]>> {
  const rows = await sql<(AttachmentRow & { messageId: string })[]>`
    select a.message_id, a.filename, a.content_type, a.content_id, a.content
    from unnest(${messages.map((message) => message.workspaceId)}::uuid[], ${messages.map((message) => message.id)}::uuid[]) as w (workspace_id, id)
    join message_attachments a on a.workspace_id = w.workspace_id and a.message_id = w.id
    order by a.message_id, a.index
  `
  const byMessage = new Map<string, AttachmentRow[]>()
  for (const { messageId, ...file } of rows)
    byMessage.set(messageId, [...(byMessage.get(messageId) ?? []), file])
  return byMessage
}

/** What a template may say of a contact: name, locale and the customer's own traits. By contact id. */
export async function findContactVariables(
  sql: Sql,
  contacts: readonly { workspaceId: string; contactId: string }[],
): Promise<Map<string, Record<string, unknown>>> {
  const rows = await sql<
    { id: string; name: string | null; locale: string | null; traits: Record<string, unknown> }[]
  >`
    select c.id, c.name, c.locale, c.traits
    from unnest(${contacts.map((contact) => contact.workspaceId)}::uuid[], ${contacts.map((contact) => contact.contactId)}::uuid[]) as w (workspace_id, id)
    join contacts c on c.workspace_id = w.workspace_id and c.id = w.id
  `
  return new Map(rows.map(({ id, name, locale, traits }) => [id, { ...traits, name, locale }]))
}

/** Keeps the destinations of links that only these messages have. The same again changes nothing. */
export async function insertLinks(
  sql: Sql,
  links: readonly { workspaceId: string; messageId: string; index: number; url: string }[],
): Promise<void> {
  await sql`
    insert into message_links (workspace_id, message_id, index, url)
    select *
    from unnest(
      ${links.map((link) => link.workspaceId)}::uuid[], ${links.map((link) => link.messageId)}::uuid[],
      ${links.map((link) => link.index)}::int[], ${links.map((link) => link.url)}::text[]
    )
    on conflict do nothing
  `
}

/** The destination of one link; undefined when the template version knows it, or nobody does. */
export async function findLink(
  sql: Sql,
  workspaceId: string,
  messageId: string,
  index: number,
): Promise<string | undefined> {
  const [row] = await sql<{ url: string }[]>`
    select url from message_links
    where workspace_id = ${workspaceId} and message_id = ${messageId} and index = ${index}
  `
  return row?.url
}
