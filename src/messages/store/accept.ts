/** Writes new messages, many at once and of several workspaces. Reads and writes rows; decides nothing. */
import { asText, type Sql } from '../../db/db.ts'
import type { Priority, Status } from '../schema.ts'

export const priorityNumber: Readonly<Record<Priority, number>> = {
  low: 0,
  normal: 1,
  high: 2,
  urgent: 3,
}

/** Inline content: what was given with a message instead of a template. */
export interface InlineContent {
  readonly subject: string | null
  readonly text: string | null
  readonly html: string | null
}

export interface AttachmentRow {
  readonly filename: string
  readonly contentType: string
  readonly contentId: string | null
  readonly content: Buffer
}

export interface NewRow {
  readonly workspaceId: string
  readonly id: string
  readonly channel: string
  readonly status: Status
  readonly priority: number
  readonly kind: 'system' | 'transactional' | 'marketing'
  readonly topic: string | null
  contactId: string | null
  readonly recipientId: string | null
  readonly address: string | null
  readonly senderId: string
  readonly templateId: string | null
  readonly templateVersion: number | null
  readonly locale: string | null
  /** JSON text, or null. */
  readonly variables: string | null
  readonly flags: number
  /** JSON text, or null. */
  readonly routing: string | null
  /** JSON text, or null. */
  readonly metadata: string | null
  readonly dueAt: Date
  readonly scheduledAt: Date | null
  readonly expiresAt: Date
  /** JSON text, or null. */
  readonly sendWindow: string | null
  readonly resendOf: string | null
  readonly content: InlineContent | null
  readonly attachments: readonly AttachmentRow[]
}

/** Inserts the rows, their content and attachments, and tells the lanes. One round trip, in the caller's transaction. */
export async function insertMessages(sql: Sql, rows: readonly NewRow[], now: Date): Promise<void> {
  const inline = rows.filter((row) => row.content !== null)
  const files = rows.flatMap((row) =>
    row.attachments.map((file, index) => ({ ...file, index, row })),
  )
  await Promise.all([
    insertRows(sql, rows, now),
    inline.length > 0 ? insertContents(sql, inline, now) : undefined,
    files.length > 0 ? insertAttachments(sql, files) : undefined,
    touchLanes(sql, rows),
  ])
}

async function insertRows(sql: Sql, rows: readonly NewRow[], now: Date): Promise<void> {
  await sql`
    insert into messages (workspace_id, id, channel, status, priority, kind, topic, contact_id, recipient_id, address,
      sender_id, template_id, template_version, locale, variables, flags, routing, metadata,
      due_at, scheduled_at, expires_at, resend_of, send_window, reason, created_at)
    select workspace_id, id, channel, status, priority, kind, topic, contact_id, recipient_id, address,
      sender_id, template_id, template_version, locale, variables::jsonb, flags, routing::jsonb, metadata::jsonb,
      due_at, scheduled_at, expires_at, resend_of, send_window::jsonb, case status when 'held' then 'window' end, ${now}
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.channel)}::text[], ${rows.map((row) => row.status)}::text[],
      ${rows.map((row) => row.priority)}::int[], ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.topic)}::text[], ${rows.map((row) => row.contactId)}::uuid[],
      ${rows.map((row) => row.recipientId)}::text[], ${rows.map((row) => row.address)}::text[],
      ${rows.map((row) => row.senderId)}::uuid[], ${rows.map((row) => row.templateId)}::uuid[],
      ${rows.map((row) => row.templateVersion)}::int[], ${rows.map((row) => row.locale)}::text[],
      ${rows.map((row) => row.variables)}::text[], ${rows.map((row) => row.flags)}::int[],
      ${rows.map((row) => row.routing)}::text[], ${rows.map((row) => row.metadata)}::text[],
      ${asText(rows.map((row) => row.dueAt))}::timestamptz[], ${asText(rows.map((row) => row.scheduledAt))}::timestamptz[],
      ${asText(rows.map((row) => row.expiresAt))}::timestamptz[], ${rows.map((row) => row.resendOf)}::uuid[],
      ${rows.map((row) => row.sendWindow)}::text[]
    ) as new (workspace_id, id, channel, status, priority, kind, topic, contact_id, recipient_id, address,
      sender_id, template_id, template_version, locale, variables, flags, routing, metadata,
      due_at, scheduled_at, expires_at, resend_of, send_window)
  `
}

async function insertContents(sql: Sql, rows: readonly NewRow[], now: Date): Promise<void> {
  await sql`
    insert into message_contents (workspace_id, message_id, content, created_at)
    select workspace_id, id, content::jsonb, ${now}
    from unnest(
      ${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => JSON.stringify(row.content))}::text[]
    ) as new (workspace_id, id, content)
  `
}

async function insertAttachments(
  sql: Sql,
  files: readonly (AttachmentRow & { index: number; row: NewRow })[],
): Promise<void> {
  await sql`
    insert into message_attachments (workspace_id, message_id, index, filename, content_type, content_id, content)
    select *
    from unnest(
      ${files.map((file) => file.row.workspaceId)}::uuid[], ${files.map((file) => file.row.id)}::uuid[],
      ${files.map((file) => file.index)}::int[], ${files.map((file) => file.filename)}::text[],
      ${files.map((file) => file.contentType)}::text[], ${files.map((file) => file.contentId)}::text[],
      ${asText(files.map((file) => file.content))}::text[]::bytea[]
    )
  `
}

interface Due {
  readonly workspaceId: string
  readonly senderId: string
  readonly priority: number
  readonly dueAt: Date
}

/**
 * Says that work is due in these lanes. `touched` grows, so that a reader that finds a
 * lane empty at this moment does not put it to sleep over rows it could not see yet.
 */
export async function touchLanes(sql: Sql, rows: readonly Due[]): Promise<void> {
  const lanes = new Map<string, Due>()
  for (const row of rows) {
    const key = `${row.workspaceId} ${row.senderId} ${row.priority}`
    const known = lanes.get(key)
    if (!known || row.dueAt < known.dueAt) lanes.set(key, row)
  }
  // In one order everywhere, so that two group commits cannot wait for each other.
  const due = [...lanes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lane]) => lane)
  await sql`
    insert into lanes as lane (workspace_id, sender_id, priority, next_due, touched)
    select workspace_id, sender_id, priority, next_due, 1
    from unnest(
      ${due.map((lane) => lane.workspaceId)}::uuid[], ${due.map((lane) => lane.senderId)}::uuid[],
      ${due.map((lane) => lane.priority)}::int[], ${asText(due.map((lane) => lane.dueAt))}::timestamptz[]
    ) as new (workspace_id, sender_id, priority, next_due)
    on conflict (workspace_id, sender_id, priority) do update
    set next_due = least(lane.next_due, excluded.next_due), touched = lane.touched + 1
  `
}
