/** COPY of events that are ready as text, all in one statement. As the superuser: row level security refuses COPY. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { z } from 'zod'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { runTask } from '../harness/task.ts'

const LINES = 1_000 // in one chunk

const Task = z.object({
  socketDir: z.string(),
  workspaceId: z.string(),
  people: z.array(z.string()),
  rows: z.number(),
})

await runTask(Task, async ({ socketDir, workspaceId, people, rows }) => {
  const sql = postgres({ host: socketDir, username: 'postgres', database: 'beckon', max: 1 })
  const now = new Date().toISOString()
  const line = (n: number) => {
    const properties = JSON.stringify({ order: `A-${n}`, amount: 20.5, currency: 'EUR' })
    const fields = [workspaceId, uuid7(), 'order.completed', people[n % people.length]]
    return `${[...fields, now, now, 'api', properties].join('\t')}\n`
  }
  const chunks = Array.from({ length: rows / LINES }, (_, at) =>
    Buffer.from(Array.from({ length: LINES }, (_, n) => line(at * LINES + n)).join('')),
  )
  await sql`select 1`
  const startedAt = performance.now()
  const into = await sql`
    copy events (workspace_id, id, name, contact_id, at, recorded_at, source, properties) from stdin
  `.writable()
  await pipeline(Readable.from(chunks), into)
  const perSecond = rows / ((performance.now() - startedAt) / 1_000)
  await sql.end()
  return { perSecond }
})
