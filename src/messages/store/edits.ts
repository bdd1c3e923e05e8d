/** Changes of messages that may have gone out already. Reads and writes rows; decides nothing. */
import type { Json, Sql } from '../../db/db.ts'
import type { Status } from '../schema.ts'
import type { InlineContent } from './accept.ts'

export interface NewContent {
  readonly content: InlineContent
  /** What travels with it, such as Discord's embeds. */
  /** Null: as it was. */
  readonly metadata: { readonly [key: string]: Json | undefined } | null
}

/** Locks the message against its settlement. Undefined when it is not there. */
export async function lockMessage(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<{ status: Status; channel: string; contactId: string | null } | undefined> {
  const [row] = await sql<{ status: Status; channel: string; contactId: string | null }[]>`
    select status, channel, contact_id
    from messages
    where workspace_id = ${workspaceId} and id = ${id}
    for update
  `
  return row
}

/** What the message says from now on. */
export async function writeContent(
  sql: Sql,
  workspaceId: string,
  id: string,
  { content, metadata }: NewContent,
  now: Date,
): Promise<void> {
  await sql`
    with kept as (
      insert into message_contents as c (workspace_id, message_id, content, created_at)
      values (${workspaceId}, ${id}, ${JSON.stringify(content)}::text::jsonb, ${now})
      on conflict (workspace_id, message_id) do update set content = excluded.content
    )
    update messages
    set metadata = coalesce(${metadata === null ? null : JSON.stringify(metadata)}::text::jsonb, metadata)
    where workspace_id = ${workspaceId} and id = ${id}
  `
}

/** Asks for the newest content to be sent; a row that waits already is taken along. One that is on its way ends first. */
export async function requestEdit(
  sql: Sql,
  workspaceId: string,
  messageId: string,
  now: Date,
): Promise<void> {
  await sql`
    insert into message_edits as e (workspace_id, message_id, due_at, created_at)
    values (${workspaceId}, ${messageId}, ${now}, ${now})
    on conflict (workspace_id, message_id) do update
    set version = e.version + 1,
      due_at = case when e.taken then e.due_at else least(e.due_at, excluded.due_at) end
  `
}

export interface DueEdit {
  readonly workspaceId: string
  readonly messageId: string
  readonly version: number
  /** 1 for the first. */
  readonly attempt: number
}

/** Takes what is due; who dies over a row leaves it due again at `until`. */
export function claimEdits(sql: Sql, now: Date, until: Date, limit: number) {
  return sql<DueEdit[]>`
    with due as (
      select workspace_id, message_id
      from message_edits
      where due_at <= ${now}
      order by due_at
      limit ${limit}
      for update skip locked
    )
    update message_edits e
    set due_at = ${until}, attempt = e.attempt + 1, taken = true
    from due
    where e.workspace_id = due.workspace_id and e.message_id = due.message_id
    returning e.workspace_id, e.message_id, e.version, e.attempt
  `
}

/** The edit is done, or will never be. A change that came meanwhile is due at once instead. */
export async function endEdit(sql: Sql, edit: DueEdit, now: Date): Promise<void> {
  await sql`
    with done as (
      delete from message_edits
      where workspace_id = ${edit.workspaceId} and message_id = ${edit.messageId} and version = ${edit.version}
      returning 1
    )
    update message_edits
    set due_at = ${now}, attempt = 0, taken = false
    where workspace_id = ${edit.workspaceId} and message_id = ${edit.messageId} and version <> ${edit.version}
  `
}

/** `free`: this try does not count, for nothing was asked of the vendor. */
export async function postponeEdit(
  sql: Sql,
  edit: DueEdit,
  until: Date,
  options: { free: boolean },
): Promise<void> {
  await sql`
    update message_edits
    set due_at = ${until}, attempt = attempt - ${options.free ? 1 : 0}, taken = false
    where workspace_id = ${edit.workspaceId} and message_id = ${edit.messageId}
  `
}

/** When the next one falls due; undefined when none waits. */
export async function nextEdit(sql: Sql): Promise<Date | undefined> {
  const [row] = await sql<{ dueAt: Date }[]>`
    select due_at from message_edits order by due_at limit 1
  `
  return row?.dueAt
}
