/** PostgreSQL and all its processes are killed again and again, while messages come in and go out. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/db/db.ts'
import { findPostmaster } from '../../src/db/postmaster.ts'
import { api } from '../helpers/api.ts'
import { startServer, stopDatabase } from '../helpers/process.ts'
import { chance, seedOf } from '../helpers/random.ts'
import { idOf, startSmtpSink } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { startMailLoad } from './mailLoad.ts'

const KILLS = 5
const KEY = 'database-test-key-of-the-instance'
const FIRST_SUCCESS_MS = 5_000

const dataDir = await mkdtemp(join(tmpdir(), 'beckon-killed-'))
const cluster = join(dataDir, 'postgres')
const sink = await startSmtpSink({ thinkMs: 2 })
const server = await startServer({
  by: 'node',
  env: {
    DATA_DIR: dataDir,
    OREE_API_KEY: KEY,
    PUBLIC_URL: 'https://faults.example.com',
    SMTP_URL: `${sink.url}?connections=4`,
    EMAIL_FROM: 'faults@example.com',
    LOG_LEVEL: 'warn',
  },
})
after(async () => {
  await server.kill()
  await stopDatabase(dataDir)
  await sink.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('R03', async (t) => {
  const random = chance(seedOf())
  const call = api(() => server.url, KEY)
  const load = startMailLoad(call)
  const waits: number[] = []
  t.after(() => load.stop())
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(random.between(1_500, 3_000))
    const dead = await killDatabase()
    await until('PostgreSQL to be back', async () => {
      assert.ok(server.running, server.output())
      const found = await findPostmaster(cluster).catch(() => undefined)
      return found?.status === 'ready' && found.pid !== dead
    })
    const accepts = performance.now()
    await until('a success', () => {
      assert.ok(server.running, server.output())
      return load.lastSuccessAt() > accepts
    })
    waits.push(Math.round(load.lastSuccessAt() - accepts))
  }
  await sleep(1_000)
  const { acknowledged, statuses, broken } = await load.stop()
  assert.ok(server.running, server.output())

  const sql = await owner()
  const [workspace] = await sql<{ id: string }[]>`select id from workspaces where slug = 'default'`
  const workspaceId = workspace?.id ?? ''
  await allSettled(sql, workspaceId, 75_000).catch(async (error) => {
    console.log(server.output().slice(-6000))
    console.log(
      await sql`select status, attempt, leased_by, lease is null as free, due_at, now(), reason, count(*) from messages group by 1,2,3,4,5,6,7 limit 20`,
    )
    console.log(await sql`select * from lanes`, await sql`select * from processes`)
    throw error
  })
  const verdict = await checkInvariants(sql, {
    workspaceId,
    acknowledged,
    received: (await sink.arrivals()).map(idOf),
  })
  await sql.end()
  assert.equal(verdict.other, 0)
  assert.deepEqual([...statuses.keys()].sort(), [202, 503], JSON.stringify([...statuses]))
  assert.equal(await server.stop(), 0, server.output())
  const slowest = Math.max(...waits)
  t.diagnostic(`first successes after ${waits.join(', ')} ms`)
  assert.ok(slowest <= FIRST_SUCCESS_MS, `${slowest} ms until the first success`)
  t.diagnostic(
    `${KILLS} kills of PostgreSQL: ${acknowledged.length} messages acknowledged, 0 lost, 0 received twice, ` +
      `${verdict.unknown} unknown; while it was down ${statuses.get(503)} answers of 503, ${broken} connections broken; ` +
      `first success at most ${slowest} ms after it accepts again, without a restart`,
  )
})

async function owner() {
  const found = await until('the database', () => findPostmaster(cluster))
  return connect({ socketDir: found.socketDir, port: found.port }, { max: 1 })
}

/** Answers the pid of the postmaster that is no more. */
async function killDatabase(): Promise<number> {
  const { pid } = await until('the postmaster', () => findPostmaster(cluster))
  const sql = await owner()
  const children = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where pid <> pg_backend_pid()
  `
  await sql.end()
  for (const victim of [pid, ...children.map((child) => child.pid)]) {
    try {
      process.kill(victim, 'SIGKILL')
    } catch {
      // it ended by itself
    }
  }
  return pid
}
