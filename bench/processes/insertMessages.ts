/**
 * What the database makes of it: `insert … select from unnest` of the same rows into every
 * table that accepting writes, in the same batches, with nothing around it.
 */
import postgres from 'postgres'
import { z } from 'zod'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { mailbox, recipient } from '../harness/accept.ts'
import { variables } from '../harness/letter.ts'
import { runTask } from '../harness/task.ts'

const Task = z.object({
  socketDir: z.string(),
  workspaceId: z.string(),
  senderId: z.string(),
  templateId: z.string(),
  batches: z.number(),
  batch: z.number(),
  warmUp: z.number(),
  connections: z.number(),
  /** Ids of people who are there, or null: each message has a new one. */
  people: z.array(z.string()).nullable(),
  /** Where new people's numbers begin. */
  firstPerson: z.number(),
})
type Task = z.infer<typeof Task>

interface Rows {
  readonly ids: string[]
  readonly contactIds: string[]
  readonly recipients: string[]
  readonly addresses: string[]
  readonly variables: string[]
}

await runTask(Task, async (task) => {
  const sql = postgres({
    host: task.socketDir,
    username: 'beckon',
    database: 'beckon',
    max: task.connections,
    connection: { role: 'beckon_engine', enable_seqscan: 'off' },
    onnotice: () => {},
  })
  const all = Array.from({ length: task.warmUp + task.batches }, (_, at) => rowsOf(task, at))
  const write = (rows: Rows) => insert(sql, task, rows)
  await inTurn(all.splice(0, task.warmUp), task.connections, write)
  const startedAt = performance.now()
  await inTurn(all, task.connections, write)
  const seconds = (performance.now() - startedAt) / 1_000
  await sql.end()
  return { perSecond: (task.batches * task.batch) / seconds }
})

/** Keeps so many batches under way. */
async function inTurn(
  batches: Rows[],
  connections: number,
  write: (rows: Rows) => Promise<void>,
): Promise<void> {
  const work = async () => {
    for (let rows = batches.shift(); rows; rows = batches.shift()) await write(rows)
  }
  await Promise.all(Array.from({ length: connections }, work))
}

function rowsOf(task: Task, batch: number): Rows {
  const { people } = task
  const numbers = Array.from({ length: task.batch }, (_, at) => batch * task.batch + at)
  return {
    ids: numbers.map(() => uuid7()),
    contactIds: numbers.map((n) => people?.[n % people.length] ?? uuid7()),
    recipients: numbers.map((n) => recipient(people ? n % people.length : task.firstPerson + n)),
    addresses: numbers.map((n) => mailbox(people ? n % people.length : task.firstPerson + n)),
    variables: numbers.map((n) => JSON.stringify(variables(n))),
  }
}

async function insert(sql: postgres.Sql, task: Task, rows: Rows): Promise<void> {
  await sql.begin(async (tx) => {
    await Promise.all([
      ...(task.people ? [] : [insertPeople(tx, task, rows)]),
      insertRows(tx, task, rows),
      tx`
        insert into lanes as l (workspace_id, sender_id, priority, next_due, touched)
        values (${task.workspaceId}, ${task.senderId}, 1, now() + interval '1 day', 1)
        on conflict (workspace_id, sender_id, priority) do update
        set next_due = least(l.next_due, excluded.next_due), touched = l.touched + 1
      `,
      tx`
        insert into counts as c (workspace_id, hour, channel, metric, n)
        values (${task.workspaceId}, date_trunc('hour', now()), 'email', 'accepted', ${rows.ids.length})
        on conflict (workspace_id, hour, channel, metric) do update set n = c.n + excluded.n
      `,
    ])
  })
}

async function insertRows(tx: postgres.TransactionSql, task: Task, rows: Rows): Promise<void> {
  await tx`
    insert into messages (workspace_id, id, channel, status, priority, kind, contact_id, recipient_id, address,
      sender_id, template_id, template_version, locale, variables, flags, due_at, scheduled_at, expires_at, created_at)
    select ${task.workspaceId}, id, 'email', 'scheduled', 1, 'transactional', contact_id, recipient_id, address,
      ${task.senderId}, ${task.templateId}, 1, 'en', variables::jsonb, 3,
      now() + interval '1 day', now() + interval '1 day', now() + interval '4 days', now()
    from unnest(
      ${rows.ids}::uuid[], ${rows.contactIds}::uuid[], ${rows.recipients}::text[], ${rows.addresses}::text[],
      ${rows.variables}::text[]
    ) as new (id, contact_id, recipient_id, address, variables)
  `
}

async function insertPeople(tx: postgres.TransactionSql, task: Task, rows: Rows): Promise<void> {
  await Promise.all([
    tx`
      insert into contacts (workspace_id, id, created_at, updated_at)
      select ${task.workspaceId}, id, now(), now() from unnest(${rows.contactIds}::uuid[]) as new (id)
    `,
    tx`
      insert into contact_identities (workspace_id, source, external_id, contact_id, created_at)
      select ${task.workspaceId}, 'api', external_id, contact_id, now()
      from unnest(${rows.recipients}::text[], ${rows.contactIds}::uuid[]) as new (external_id, contact_id)
    `,
    tx`
      insert into contact_addresses (workspace_id, contact_id, kind, address, is_primary, created_at)
      select ${task.workspaceId}, contact_id, 'email', address, true, now()
      from unnest(${rows.addresses}::text[], ${rows.contactIds}::uuid[]) as new (address, contact_id)
    `,
  ])
}
