import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { startClose } from '../../test/fakes/startClose.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { mailbox, syncWorld } from '../../test/helpers/syncWorld.ts'
import type { Records } from '../connectors/connector.ts'
import { inWorkspace } from '../db/db.ts'
import { Misconfigured } from '../errors.ts'
import { pullAgain } from './pullAgain.ts'
import { runTask } from './runTask.ts'
import { listRuns } from './store/runs.ts'
import { claimTask, freeTasks } from './store/tasks.ts'
import { subscribeNow } from './subscribeNow.ts'

const database = await testDatabase()
const { db, clock } = database
const fake = await startClose()
after(() => fake.close())
let boxes = 0

async function world(variables: Record<string, unknown> = {}) {
  const box = mailbox(fake, `s${++boxes}x`)
  await fake.set({ events: [], emails: {}, requests: [], faults: [] })
  const made = await syncWorld(database, fake, { variables })
  // Only this test's connections are due.
  await db.engine`update connection_tasks set due_at = null where workspace_id <> ${made.workspaceId}`
  clock.forward({ minutes: 1 })
  return { ...made, box, process: await made.start() }
}

const leaseFor = (seconds: number) => new Date(+clock.now() + seconds * 1_000)

test('of two processes that look at once, one has the pull', async () => {
  const { process, start } = await world()
  const other = await start()
  const claims = await Promise.all(
    [1, 2, 3].map(() => claimTask(db.engine, clock.now(), leaseFor(45))),
  )
  assert.equal(claims.filter(Boolean).length, 1)
  await Promise.all([process.sync.runOnce(), other.sync.runOnce()])
  assert.equal((await fake.tell()).requests.length, 0)
  await process.stop()
  await other.stop()
})

test('the pull of a dead process is made again within a minute, and its own writes come too late', async () => {
  const { box, process, events, workspaceId, task } = await world()
  await box.send(clock.now())
  clock.forward({ minutes: 1 })
  const dead = await claimTask(db.engine, clock.now(), leaseFor(45))
  assert.ok(dead)
  clock.forward({ seconds: 44 })
  await process.sync.runOnce()
  assert.equal((await events()).length, 0)
  clock.forward({ seconds: 1 })
  const heir = await claimTask(db.engine, clock.now(), leaseFor(45))
  assert.ok(heir)
  await runTask(dead, process.sync.deps, () => false)
  assert.equal((await events()).length, 0, 'who lost the lease writes nothing')
  assert.equal((await task()).lease, heir.lease)
  await runTask(heir, process.sync.deps, () => false)
  assert.equal((await events()).length, 1)
  const runs = await inWorkspace(db, workspaceId, (tx) =>
    listRuns(tx, workspaceId, {
      ...{ connectionId: undefined, status: undefined, before: undefined, limit: 10 },
    }),
  )
  assert.deepEqual(
    runs.map((run) => [run.status, run.events]),
    [
      ['done', 1],
      ['abandoned', 0],
    ],
  )
  await process.stop()
})

test('a pull of a process that died is free at once, one of a process that lives is not', async () => {
  const { process, box, events } = await world()
  await box.send(clock.now())
  clock.forward({ minutes: 300 })
  const living = randomUUID()
  await db.engine`
    insert into processes (id, lock_key, host, roles, started_at, seen_at)
    values (${living}, 1, 'test', '{work}', ${clock.now()}, ${clock.now()})
  `
  await claimTask(db.engine, clock.now(), leaseFor(45), { processId: living })
  await freeTasks(db.engine, [], clock.now())
  await process.sync.runOnce()
  assert.equal((await events()).length, 0)
  await freeTasks(db.engine, [living], clock.now())
  await process.sync.runOnce()
  assert.equal((await events()).length, 1)
  await db.engine`delete from processes where id = ${living}`
  await process.stop()
})

test('what dead processes were at is freed without waiting for who holds one of it', async () => {
  const [held, free] = [await world(), await world()]
  const dead = randomUUID()
  await db.engine`
    update connection_tasks set due_at = ${clock.now()}
    where workspace_id in (${held.workspaceId}, ${free.workspaceId}) and task <> 'subscribe'
  `
  while (await claimTask(db.engine, clock.now(), leaseFor(45), { processId: dead }));
  const leased = async ({ workspaceId }: { workspaceId: string }) => {
    const rows = await db.engine`
      select from connection_tasks where workspace_id = ${workspaceId} and lease_until > ${clock.now()}
    `
    return rows.count > 0
  }
  assert.deepEqual([await leased(held), await leased(free)], [true, true])
  await db.engine.begin(async (tx) => {
    await tx`select from connection_tasks where workspace_id = ${held.workspaceId} for update`
    await freeTasks(db.engine, [], clock.now())
    assert.deepEqual([await leased(held), await leased(free)], [true, false])
  })
  await freeTasks(db.engine, [], clock.now())
  assert.equal(await leased(held), false)
  await Promise.all([held.process.stop(), free.process.stop()])
})

test('what a pull did not finish is done again when a person says so', async () => {
  const { process, workspaceId, box, events } = await world()
  await box.send(clock.now())
  clock.forward({ minutes: 300 })
  await fake.set({ faults: [{ path: '/event/', status: 503, times: 1 }] })
  await process.sync.runOnce()
  const failed = await inWorkspace(db, workspaceId, (tx) =>
    listRuns(tx, workspaceId, {
      ...{ connectionId: undefined, status: 'failed', before: undefined, limit: 10 },
    }),
  )
  assert.deepEqual([failed.length, (await events()).length], [1, 0])
  const again = await inWorkspace(db, workspaceId, (tx) =>
    pullAgain(tx, workspaceId, failed[0]!.id, process.sync.deps),
  )
  assert.equal(again.status, 'due')
  await process.sync.runOnce()
  assert.equal((await events()).length, 1)
  const [done] = await inWorkspace(db, workspaceId, (tx) =>
    listRuns(tx, workspaceId, {
      ...{ connectionId: undefined, status: 'done', before: undefined, limit: 1 },
    }),
  )
  const repeat = (id: string) =>
    inWorkspace(db, workspaceId, (tx) => pullAgain(tx, workspaceId, id, process.sync.deps))
  await assert.rejects(repeat(done!.id), { code: 'conflict' })
  await db.engine`update connections set status = 'disabled' where id = ${failed[0]!.connectionId}`
  assert.equal((await repeat(failed[0]!.id)).status, 'disabled')
  await process.stop()
})

test('a page that cannot be written leaves its cursor where it was', async () => {
  const { box, process, events, task } = await world()
  await process.poll()
  const { cursor } = await task()
  clock.forward({ minutes: 10 })
  await box.send(clock.now())
  clock.forward({ minutes: 1 })
  const broken = { ...process.sync.deps, seen: { ...process.sync.deps.seen, sift: withBadTime } }
  await db.engine`update connection_tasks set due_at = ${clock.now()} where workspace_id = ${(await task()).workspaceId} and task = 'emails'`
  const leased = await claimTask(db.engine, clock.now(), leaseFor(45))
  await runTask(leased!, broken, () => false)
  const failed = await task()
  assert.deepEqual(failed.cursor, cursor)
  assert.equal(failed.attempts, 1)
  assert.equal((await events()).length, 0)
  clock.forward({ minutes: 1 })
  await process.sync.runOnce()
  assert.equal((await events()).length, 1)
  await process.stop()
})

/** Ends the page with an event that cannot be written. */
function withBadTime(_place: unknown, records: Records) {
  const bad = { kind: 'event' as const, name: 'x.y', key: 'k', properties: {} }
  const all: Records = [...records, { ...bad, at: new Date(Number.NaN) }]
  return { records: all, again: new Map<string, number>() }
}

test('asked to stop, a pull ends after its page and is due for others at once', async () => {
  const { box, process, events, task } = await world()
  await box.send(clock.now())
  clock.forward({ minutes: 300 })
  const leased = await claimTask(db.engine, clock.now(), leaseFor(45))
  await runTask(leased!, process.sync.deps, () => true)
  const { lease, dueAt, cursor } = await task()
  assert.deepEqual([lease, dueAt], [null, clock.now()])
  assert.notEqual(cursor, null)
  assert.equal((await events()).length, 1)
  await process.stop()
})

test('polling that is switched off polls nothing, and on again goes on', async () => {
  const { process, task, provision, box, events } = await world({ POLLING_ENABLED: false })
  await box.send(clock.now())
  clock.forward({ minutes: 10 })
  await process.sync.runOnce()
  assert.deepEqual([(await task()).dueAt, (await fake.tell()).requests.length], [null, 0])
  await provision({ CLOSEIO_API_KEY: 'api_test', CLOSEIO_BASE_URL: fake.baseUrl })
  await process.sync.runOnce()
  assert.equal((await events()).length, 1)
  await process.stop()
})

test('a variable that is gone disables the connection; back, it begins anew', async () => {
  const { process, connection, provision, box, events } = await world()
  await provision({})
  const gone = await connection()
  assert.deepEqual([gone.status, /environment/.test(gone.statusReason ?? '')], ['disabled', true])
  await box.send(clock.now())
  clock.forward({ minutes: 10 })
  await provision()
  clock.forward({ minutes: 1 })
  await process.poll()
  assert.equal((await connection()).status, 'active')
  assert.deepEqual(await events(), [], 'what happened meanwhile is history')
  await process.stop()
})

test('provisioning at once in two processes makes one connection', async () => {
  const { process, provision, workspaceId } = await world()
  await Promise.all([provision(), provision()])
  const rows = await db.engine`select id from connections where workspace_id = ${workspaceId}`
  assert.equal(rows.length, 1)
  await process.stop()
})

test('what Close writes is stored whatever it holds', async () => {
  const { process, box, events } = await world()
  const { object_id: id } = await box.send(clock.now(), 'ada@gmail.com', 'lead_\ud800\u0000x')
  await box.open(id, clock.now(), { agent: 'A\u0000gent \udfff' })
  clock.forward({ minutes: 1 })
  await process.poll()
  const [opened] = await events('email.opened')
  assert.equal(opened?.properties['user_agent'], 'A\ufffdgent \ufffd')
  await process.stop()
})

test('an action of a connector that is not there says so', async () => {
  const { process, workspaceId } = await world()
  const { act } = process.sync
  await assert.rejects(act(workspaceId, 'nobody', 'set_status', {}), Misconfigured)
  await assert.rejects(act(workspaceId, 'close', 'set_status', {}), /has no action/)
  await process.stop()
})

test('the figures count what was told twice, and the cache says how old it is', async () => {
  const { process, box, workspaceId } = await world()
  const { object_id: id } = await box.send(clock.now())
  await box.open(id, clock.now())
  clock.forward({ minutes: 1 })
  await process.poll()
  const since = clock.now()
  clock.forward({ minutes: 1 })
  await process.poll()
  const { cache, polling, webhook, events } = await process.sync.figures(workspaceId, 'close')
  assert.deepEqual(
    [cache.size, cache.hits, cache.retentionHours, cache.oldestAt],
    [2, 2, 24, since],
  )
  assert.deepEqual(
    [polling.enabled, polling.intervalSeconds, polling.lastAt, polling.lastError],
    [true, 300, clock.now(), null],
  )
  assert.deepEqual(webhook, { lastAt: null, received: 0, rejected: 0, silent: false })
  assert.deepEqual(events['email.opened'], { fresh: 1, again: 1 })
  await process.stop()
})

test('a subscription that a person asks for is made at once, and never beside the server’s own', async () => {
  await fake.set({ webhooks: [] })
  const publicUrl = 'https://beckon.test'
  const { start, connection, workspaceId } = await syncWorld(database, fake, { publicUrl })
  const process = await start()
  const { deps } = process.sync
  const open = async () => deps.connections.open(await connection())!
  const first = await subscribeNow(await open(), deps)
  assert.deepEqual([first.did, first.url], ['created', 'https://beckon.test/webhook/closeio'])
  assert.equal((await subscribeNow(await open(), deps)).did, 'kept')
  const key = { workspaceId, connectionId: (await connection()).id, task: 'subscribe' }
  await db.engine`
    update connection_tasks set lease = gen_random_uuid(), lease_until = ${leaseFor(45)}
    where workspace_id = ${workspaceId} and task = ${key.task}
  `
  await assert.rejects(subscribeNow(await open(), deps, { patienceMs: 0 }), /server is at/)
  const waiting = subscribeNow(await open(), deps)
  await db.engine`
    update connection_tasks set lease = null where workspace_id = ${workspaceId} and task = ${key.task}
  `
  assert.equal((await waiting).did, 'kept')
  assert.equal((await fake.tell()).webhooks.length, 1)
  await process.stop()
})
