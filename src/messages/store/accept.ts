/** Writes new messages, many at once and of several workspaces. Reads and writes rows; decides nothing. */
import { plainArray, textArray } from '../../db/arrays.ts'
import { asText, type Sql } from '../../db/db.ts'
import type { CountInput } from '../../events/record.ts'
import { addCounts } from '../../events/record.ts'
import type { Priority, Status, Unless } from '../schema.ts'
import { insertFallbacks } from './fallbacks.ts'

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
  readonly toName: string | null
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
  readonly fallback: { readonly afterSeconds: number; readonly unless: Unless } | null
  readonly content: InlineContent | null
  readonly attachments: readonly AttachmentRow[]
}

/**
 * Inserts the rows, their content and attachments, tells the lanes and counts what was accepted.
 * One statement unless there is content or a file (`inParts`), so it may also run outside of a
 * transaction. Lanes and counters come last and in this order, as they do wherever messages are
 * written, so that nobody deadlocks and nobody holds them longer than the commit takes.
 */
export async function insertMessages(sql: Sql, rows: readonly NewRow[], now: Date): Promise<void> {
  const inline = rows.filter((row) => row.content !== null)
  const files = rows.flatMap((row) =>
    row.attachments.map((file, index) => ({ ...file, index, row })),
  )
  const shared = kindsOf(rows, isAlike, wordsOf)
  const told = tell(sql, shared.kinds, now)
  if (!inParts(rows)) return insertRows(sql, rows, { shared, now, told })
  await Promise.all([
    insertRows(sql, rows, { shared, now, told: null }),
    inline.length > 0 ? insertContents(sql, inline, now) : undefined,
    files.length > 0 ? insertAttachments(sql, files) : undefined,
    insertFallbacks(sql, rows),
    sql`with ${told} select`,
  ])
}

/** Whether these take more than one statement. */
export const inParts = (rows: readonly NewRow[]) =>
  rows.some((row) => row.content !== null || row.fallback !== null || row.attachments.length > 0)

/**
 * What many messages have in common (`shared`, `times`) goes to the database once, and each
 * row says which it has: of a batch of 1,000, some 20 columns of values are one value each.
 * What is to be told goes with it: PostgreSQL runs what the main statement does not read after it.
 */
async function insertRows(
  sql: Sql,
  rows: readonly NewRow[],
  { shared, now, told }: { shared: Kinds; now: Date; told: ReturnType<typeof tell> | null },
): Promise<void> {
  const times = kindsOf(rows, isAtOnce, timesOf)
  const each = shared.kinds.map((kind) => kind.row)
  const moments = times.kinds.map((kind) => kind.row)
  await sql`
    ${told ? sql`with ${told}` : sql``}
    insert into messages (workspace_id, id, channel, status, priority, kind, topic, contact_id, recipient_id, address, to_name,
      sender_id, template_id, template_version, locale, variables, flags, routing, metadata,
      due_at, scheduled_at, expires_at, resend_of, send_window, reason, created_at)
    select (${plainArray(each.map((row) => row.workspaceId))}::uuid[])[s], id,
      (${plainArray(each.map((row) => row.channel))}::text[])[s], (${plainArray(each.map((row) => row.status))}::text[])[s],
      (${plainArray(each.map((row) => row.priority))}::int[])[s], (${plainArray(each.map((row) => row.kind))}::text[])[s],
      (${textArray(each.map((row) => row.topic))}::text[])[s], contact_id, recipient_id, address, to_name,
      (${plainArray(each.map((row) => row.senderId))}::uuid[])[s], (${plainArray(each.map((row) => row.templateId))}::uuid[])[s],
      (${plainArray(each.map((row) => row.templateVersion))}::int[])[s], (${textArray(each.map((row) => row.locale))}::text[])[s],
      variables::jsonb, (${plainArray(each.map((row) => row.flags))}::int[])[s],
      (${textArray(each.map((row) => row.routing))}::text[])[s]::jsonb, metadata::jsonb,
      (${plainArray(moments.map((row) => row.dueAt))}::timestamptz[])[t],
      (${plainArray(moments.map((row) => row.scheduledAt))}::timestamptz[])[t],
      (${plainArray(moments.map((row) => row.expiresAt))}::timestamptz[])[t],
      (${plainArray(each.map((row) => row.resendOf))}::uuid[])[s],
      (${textArray(each.map((row) => row.sendWindow))}::text[])[s]::jsonb,
      case when (${plainArray(each.map((row) => row.status))}::text[])[s] = 'held' then 'window' end, ${now}
    from unnest(
      ${plainArray(rows.map((row) => row.id))}::uuid[], ${plainArray(shared.which)}::int[], ${plainArray(times.which)}::int[],
      ${plainArray(rows.map((row) => row.contactId))}::uuid[], ${textArray(rows.map((row) => row.recipientId))}::text[],
      ${textArray(rows.map((row) => row.address))}::text[],
      string_to_array(${joined(rows.map((row) => row.variables))}, chr(1), ''),
      string_to_array(${joined(rows.map((row) => row.metadata))}, chr(1), ''),
      ${textsOf(rows.map((row) => row.toName))}::text[]
    ) as new (id, s, t, contact_id, recipient_id, address, variables, metadata, to_name)
  `
}

/** The lanes, and then the counters. */
function tell(sql: Sql, kinds: readonly Kind[], now: Date) {
  const due = kinds.map(({ row, dueAt }) => ({ ...row, dueAt }))
  return sql`
    touched as (${touch(sql, due)} returning 1),
    counted as (${addCounts(sql, acceptedOf(kinds, now), sql`where (select count(*) from touched) >= 0`)})
  `
}

const SHARED = [
  'workspaceId',
  'senderId',
  'templateId',
  'templateVersion',
  'channel',
  'status',
  'priority',
  'kind',
  'flags',
  'routing',
  'sendWindow',
  'resendOf',
  'topic',
  'locale',
] as const satisfies readonly (keyof NewRow)[]

const isAlike = (a: NewRow, b: NewRow) => SHARED.every((name) => a[name] === b[name])
const wordsOf = (row: NewRow) => JSON.stringify(SHARED.map((name) => row[name]))

const isAtOnce = (a: NewRow, b: NewRow) =>
  a.dueAt.getTime() === b.dueAt.getTime() &&
  a.expiresAt.getTime() === b.expiresAt.getTime() &&
  a.scheduledAt?.getTime() === b.scheduledAt?.getTime()
const timesOf = (row: NewRow) =>
  `${row.dueAt.getTime()} ${row.scheduledAt?.getTime()} ${row.expiresAt.getTime()}`

/** Rows that have something in common: the first of them stands for all. */
interface Kind {
  readonly row: NewRow
  count: number
  /** When the first of them falls due. */
  dueAt: Date
}

type Kinds = ReturnType<typeof kindsOf>

/** The kinds, and which of them (from 1, as PostgreSQL counts) each row is. Most are as the one before. */
function kindsOf(
  rows: readonly NewRow[],
  isSame: (a: NewRow, b: NewRow) => boolean,
  keyOf: (row: NewRow) => string,
) {
  const places = new Map<string, number>()
  const kinds: Kind[] = []
  let place = 0
  const which = rows.map((row) => {
    const before = kinds[place - 1]
    if (!before || !isSame(before.row, row)) {
      const key = keyOf(row)
      place = places.get(key) ?? kinds.push({ row, count: 0, dueAt: row.dueAt })
      places.set(key, place)
    }
    const kind = kinds[place - 1]!
    kind.count++
    if (row.dueAt < kind.dueAt) kind.dueAt = row.dueAt
    return place
  })
  return { kinds, which }
}

/** Null where nobody gave one: unnest() fills up what is shorter. */
const textsOf = (texts: readonly (string | null)[]) =>
  texts.some((text) => text !== null) ? textArray(texts) : null

/**
 * JSON texts behind each other: they hold no control character, so one may part them. Null where there is
 * none, as above.
 */
const joined = (texts: readonly (string | null)[]) =>
  texts.some((text) => text !== null) ? texts.map((text) => text ?? '').join('\u0001') : null

function acceptedOf(kinds: readonly Kind[], now: Date): CountInput[] {
  const counts = new Map<string, { workspaceId: string; channel: string; n: number }>()
  for (const { row, count } of kinds) {
    const { workspaceId, channel } = row
    const key = `${workspaceId} ${channel}`
    const known = counts.get(key)
    if (known) known.n += count
    else counts.set(key, { workspaceId, channel, n: count })
  }
  return [...counts.values()].map((count) => ({ ...count, at: now, metric: 'accepted' }))
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
  await touch(sql, rows)
}

function touch(sql: Sql, rows: readonly Due[]) {
  const lanes = new Map<string, Due>()
  for (const row of rows) {
    const key = `${row.workspaceId} ${row.senderId} ${row.priority}`
    const known = lanes.get(key)
    if (!known || row.dueAt < known.dueAt) lanes.set(key, row)
  }
  // In one order everywhere, so that two group commits cannot wait for each other.
  const due = [...lanes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lane]) => lane)
  return sql`
    insert into lanes as lane (workspace_id, sender_id, priority, next_due, touched)
    select workspace_id, sender_id, priority, next_due, 1
    from unnest(
      ${plainArray(due.map((lane) => lane.workspaceId))}::uuid[], ${plainArray(due.map((lane) => lane.senderId))}::uuid[],
      ${plainArray(due.map((lane) => lane.priority))}::int[], ${plainArray(due.map((lane) => lane.dueAt))}::timestamptz[]
    ) as new (workspace_id, sender_id, priority, next_due)
    on conflict (workspace_id, sender_id, priority) do update
    set next_due = least(lane.next_due, excluded.next_due), touched = lane.touched + 1
  `
}
