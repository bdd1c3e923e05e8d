import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import pino from 'pino'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { connect, inWorkspace } from '../db/db.ts'
import { enqueue } from './enqueue.ts'
import { type Handler, type Jobs, startJobs } from './jobs.ts'

const world = await testDatabase()
const { db, address } = world
const workspaceId = await addWorkspace(world, 'analytical-engines')
const owner = connect(address, { max: 1 })
const log = pino({ level: 'silent' })
const started: Jobs[] = []
world.closeFirst(async () => {
  await Promise.all(started.map((jobs) => jobs.stop()))
  await owner.end()
})

async function start(handlers: Record<string, Handler>, more: object = {}) {
  const jobs = await startJobs({ ownerAddress: address, handlers, log, ...more })
  started.push(jobs)
  return jobs
}

/** A handler that tells what it was given. */
function listener<T = unknown>() {
  const calls: T[] = []
  const waiting: { n: number; resolve(): void }[] = []
  const handler: Handler = async (data) => {
    calls.push(data as T)
    for (const each of waiting) if (calls.length >= each.n) each.resolve()
  }
  const seen = (n: number) =>
    new Promise<T[]>((resolve) => {
      const done = () => resolve(calls)
      if (calls.length >= n) done()
      else waiting.push({ n, resolve: done })
    })
  return { handler, seen, calls }
}

test('a job put in by a request runs after its transaction commits, with its data', async () => {
  const greet = listener()
  await start({ 'test.greet': greet.handler })
  const data = { workspace_id: workspaceId, nested: { list: [1, 'א', null] }, text: '"quoted"' }
  await inWorkspace(db, workspaceId, (tx) => enqueue(tx, 'test.greet', data))
  await db.engine.begin((tx) => enqueue(tx, 'test.greet', { from: 'engine' }))
  assert.deepEqual(await greet.seen(2), [data, { from: 'engine' }])
})

test('a job of a transaction that is rolled back never runs', async () => {
  const listen = listener()
  await start({ 'test.undone': listen.handler })
  const failing = inWorkspace(db, workspaceId, async (tx) => {
    await enqueue(tx, 'test.undone', { n: 1 })
    throw new Error('on purpose')
  })
  await assert.rejects(failing, /on purpose/)
  await inWorkspace(db, workspaceId, (tx) => enqueue(tx, 'test.undone', { n: 2 }))
  assert.deepEqual(await listen.seen(1), [{ n: 2 }])
})

test('a job that fails runs again', async () => {
  const listen = listener()
  await start({
    'test.flaky': async (data, signal) => {
      await listen.handler(data, signal)
      if (listen.calls.length === 1) throw new Error('on purpose')
    },
  })
  await inWorkspace(db, workspaceId, (tx) => enqueue(tx, 'test.flaky', { n: 1 }))
  assert.equal((await listen.seen(2)).length, 2)
})

test('the application can put jobs in and neither read nor change them', async () => {
  await assert.rejects(db.app`select data from pgboss.job`, /permission denied/)
  await assert.rejects(db.app`delete from pgboss.job`, /permission denied/)
})

test('a job without a handler is refused where it is put in', async () => {
  await assert.rejects(
    inWorkspace(db, workspaceId, (tx) => enqueue(tx, 'test.nobody', {})),
    /no queue test\.nobody/,
  )
})

test('a schedule runs once per interval, whatever the number of processes', async () => {
  const listen = listener()
  const options = { schedules: [{ name: 'test.daily', everySeconds: 86_400 }] }
  await Promise.all([1, 2, 3].map(() => start({ 'test.daily': listen.handler }, options)))
  await listen.seen(1)
  const rows = await owner`select from pgboss.job where name = 'test.daily'`
  assert.equal(rows.count, 1)
})

test('the job of a process that is killed expires within the minute and runs elsewhere', async () => {
  const orphan = listener()
  await start({ 'test.orphan': orphan.handler }, { work: false })
  await inWorkspace(db, workspaceId, (tx) => enqueue(tx, 'test.orphan', { n: 7 }))
  const worker = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { startJobs } = await import(process.argv[1])
     const log = { warn() {}, error() {} }
     await startJobs({ ownerAddress: JSON.parse(process.argv[2]), log, handlers: {
       'test.orphan': async () => { console.log('taken'); await new Promise(() => {}) } } })`,
      import.meta.resolve('./jobs.ts'),
      JSON.stringify(address),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exit = once(worker, 'exit')
  await once(worker.stdout!, 'data')
  worker.kill('SIGKILL')
  await exit
  const [job] =
    await owner`select extract(epoch from expire_in)::int as seconds from pgboss.job where name = 'test.orphan'`
  assert.ok(job!['seconds'] <= 50)
  // What the clock would do; waiting for it would make the test slow and teach nothing.
  await owner`update pgboss.job set started_on = now() - interval '50 seconds' where name = 'test.orphan'`
  await start({ 'test.orphan': orphan.handler })
  assert.deepEqual(await orphan.seen(1), [{ n: 7 }])
})

test('stopping aborts what runs and waits for it', async () => {
  const begun = Promise.withResolvers<void>()
  let ended = false
  const jobs = await startJobs({
    ownerAddress: address,
    log,
    handlers: {
      'test.long': async (_, signal) => {
        begun.resolve()
        await once(signal, 'abort')
        ended = true
      },
    },
  })
  await inWorkspace(db, workspaceId, (tx) => enqueue(tx, 'test.long', {}))
  await begun.promise
  await jobs.stop()
  assert.equal(ended, true)
})
