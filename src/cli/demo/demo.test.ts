/** The demo beside a running server: filled, killed half-way, filled on, and gone without a trace. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { startServer, stopDatabase } from '../../../test/helpers/process.ts'
import { until } from '../../../test/helpers/until.ts'
import { attachEmbedded } from '../../db/attach.ts'
import { connect } from '../../db/db.ts'
import { daysOf } from './plan.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'beckon-demo-'))
const OWNER = { email: 'ada@example.com', password: 'violet tractor ninety' }
const env = { DATA_DIR: dataDir, LOG_LEVEL: 'error', HOST: '127.0.0.1', PORT: '0' }
const server = await startServer({
  by: 'node',
  env: { ...env, ADMIN_EMAIL: OWNER.email, ADMIN_PASSWORD: OWNER.password },
})
const attached = (await attachEmbedded(dataDir))!
const sql = connect({ ...attached.address, user: 'postgres' }, { max: 1 }) // sees every workspace
after(async () => {
  await sql.end()
  await attached.close()
  await server.stop()
  await stopDatabase(dataDir)
  await rm(dataDir, { recursive: true, force: true })
})

function start(...args: readonly string[]) {
  const main = join(import.meta.dirname, '../../main.ts')
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  return spawn(process.execPath, [main, ...args], {
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
  })
}

async function beckon(...args: readonly string[]) {
  const child = start(...args)
  const ended = once(child, 'exit')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await ended
  return { code: Number(code), answer: out ? JSON.parse(out) : undefined, err }
}

const countDays = async () =>
  (await sql`select from event_keys where source = 'demo' and key like 'day/%'`).count

/** Rows of each table that is a workspace's, by workspace. */
async function rowsOf(workspaceId: string): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname = 'workspace_id' and not a.attisdropped
    order by 1
  `
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] =
      await sql`select count(*)::int as n from ${sql(name)} where workspace_id = ${workspaceId}`
    if (row?.['n'] > 0) counts[name] = row?.['n']
  }
  return counts
}

const idOf = async (slug: string): Promise<string> =>
  (await sql`select id from workspaces where slug = ${slug}`)[0]?.['id'] ?? ''

test('a workspace of that name that is somebody’s own is left alone', async () => {
  assert.equal((await beckon('workspace', 'create', 'demo')).code, 0)
  for (const args of [['demo'], ['demo', '--remove']]) {
    const { code, err } = await beckon(...args)
    assert.equal(code, 1)
    assert.match(err, /"code":"conflict"/)
  }
  await sql`delete from workspaces where slug = 'demo'`
})

test('it is filled in spite of a crash, each day once, and removed without a trace', async () => {
  const home = await idOf('default')
  const before = await rowsOf(home)
  const child = start('demo')
  await until('some days', async () => (await countDays()) >= 3)
  child.kill('SIGKILL')
  assert.equal((await once(child, 'exit'))[1], 'SIGKILL')

  const { code, answer, err } = await beckon('demo')
  assert.equal(code, 0, err)
  assert.ok(answer.days_filled > 0 && answer.days_filled <= 88, 'the rest only')
  assert.equal(await countDays(), 91)
  const demo = await idOf('demo')
  const [begun] =
    await sql`select at from audit_entries where workspace_id = ${demo} and action = 'demo.begun'`
  const planned = daysOf(begun?.['at']).flatMap(({ rounds }) =>
    rounds.flatMap(({ messages }) => messages),
  )
  const [messages] = await sql`
    select count(*)::int as n, min(created_at) as oldest, count(*) filter (where status in ('queued', 'sending'))::int as open
    from messages m where workspace_id = ${demo} and not exists (
      select from journey_sends s where s.workspace_id = m.workspace_id and s.message_id = m.id
    )
  `
  assert.equal(messages?.['n'], planned.length + 9, 'those of the history and nine that wait')
  assert.equal(messages?.['open'], 0)
  assert.ok(Date.now() - messages?.['oldest'] > 89 * 86_400_000)
  const [counted] =
    await sql`select sum(n)::int as n from counts where workspace_id = ${demo} and metric = 'accepted'`
  assert.ok(counted?.['n'] >= planned.length, 'the counters know them')

  const [joined] = await sql`
    select count(*)::int as n, count(distinct created_at::date)::int as days,
      count(*) filter (where created_at < now() - interval '90 days')::int as before,
      count(*) filter (where exists (
        select from messages m where m.workspace_id = c.workspace_id and m.contact_id = c.id and m.created_at < c.created_at
      ))::int as written_to_before
    from contacts c where workspace_id = ${demo}
  `
  assert.deepEqual([joined?.['n'], joined?.['writtenToBefore']], [240, 0])
  assert.ok(joined?.['days'] > 90 && joined?.['before'] >= 60, 'they came one after the other')
  const differing = await sql`
    select from (
      select date_bin('15 minutes', created_at, 'epoch') as quarter, count(*) as n from contacts where workspace_id = ${demo} group by 1
    ) c
    full join (
      select quarter, sum(n) as n from contact_growth where workspace_id = ${demo} and change = 'new' group by 1
    ) g using (quarter)
    where c.n is distinct from g.n
  `
  assert.equal(differing.count, 0, 'their growth was counted then, and once')

  assert.equal((await beckon('demo')).answer.days_filled, 0, 'once is enough')
  await until('the runs of who joined to wait', async () => {
    const [row] =
      await sql`select count(*)::int as n from journey_runs where workspace_id = ${demo} and status = 'waiting'`
    return row?.['n'] === 14
  })

  assert.deepEqual((await beckon('demo', '--remove')).answer, { removed: true })
  assert.deepEqual(await rowsOf(demo), {})
  assert.equal(await idOf('demo'), '')
  assert.deepEqual(await rowsOf(home), before)
  assert.deepEqual((await beckon('demo', '--remove')).answer, { removed: false })
})
