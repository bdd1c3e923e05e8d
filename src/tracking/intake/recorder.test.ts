/** What happens to hits while the database is away, and that each is there once afterwards. */
import assert from 'node:assert/strict'
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import {
  hitsWaiting,
  log,
  trackingServer,
  trackingWorld,
} from '../../../test/helpers/trackingWorld.ts'
import { connect, type Db } from '../../db/db.ts'
import { uuid7 } from '../../lib/uuid7.ts'
import { createCounters } from '../counters.ts'
import { PIXEL } from './pixel.ts'
import { createHitRecorder } from './recorder.ts'
import { createSpool } from './spool.ts'

const base = await testDatabase()
const world = await trackingWorld(base)
const hitsOf = (messageId: string) => hitsWaiting(base, messageId)

/** A database that can be taken away and given back. */
function unsteady(): { db: Db; away: boolean } {
  const nowhere = connect(
    { url: 'postgres://nobody@127.0.0.1:1/none' },
    { max: 2, connect_timeout: 1 },
  )
  const state: { db: Db; away: boolean } = { away: false, db: base.db }
  const engine = () => (state.away ? nowhere : base.db.engine)
  state.db = Object.defineProperty({ ...base.db }, 'engine', { get: engine })
  return state
}

async function until(found: () => Promise<boolean>) {
  for (let look = 0; look < 400; look++) {
    if (await found()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  assert.fail('it did not come about')
}

test('a disk that is full is not filled further by drafts that nobody reads', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'beckon-spool-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const spool = createSpool(dir)
  const probe = await open(dir, 'r')
  t.mock.method(Object.getPrototypeOf(probe), 'sync', () => Promise.reject(new Error('ENOSPC')))
  await probe.close()
  await assert.rejects(spool.write([]), /ENOSPC/)
  assert.deepEqual(await readdir(dir), [])
})

test('while the database is away pixels and cached links are answered, and nothing is lost', async () => {
  const state = unsteady()
  const { fetch, recorder, spoolDir, counters } = await trackingServer(base, world, {
    db: state.db,
  })
  const id = await world.addMessage({ links: ['https://shop.example/', 'https://other.example/'] })
  const open = `/api/track/open/${world.sign('open', id)}.png`
  const click = `/api/track/click/${world.sign('click', id, 0)}`
  assert.equal((await fetch('GET', click)).status, 302)

  state.away = true
  const answers = await Promise.all(Array.from({ length: 30 }, () => fetch('GET', open)))
  for (const answer of answers) assert.deepEqual([answer.status, answer.body], [200, PIXEL])
  assert.equal((await fetch('GET', click)).headers['location'], 'https://shop.example/')
  const unknown = await fetch('GET', `/api/track/click/${world.sign('click', id, 1)}`)
  assert.equal(unknown.status, 503)
  assert.ok(Number(unknown.headers['retry-after']) > 0)
  assert.equal(counters.spooled, 31)
  assert.equal((await hitsOf(id)).length, 1)

  state.away = false
  recorder.start()
  await until(async () => (await hitsOf(id)).length === 32)
  await until(async () => (await readdir(spoolDir)).length === 0)
  assert.equal(counters.replayed, 31)
  assert.equal(recorder.away, false)
  await fetch('GET', open)
  assert.equal((await hitsOf(id)).length, 33)
})

test('what a process left on disk is carried over by the next, and counts once when two do it', async () => {
  const state = unsteady()
  const first = await trackingServer(base, world, { db: state.db })
  const id = await world.addMessage()
  state.away = true
  await first.fetch('GET', `/api/track/open/${world.sign('open', id)}.png`)
  state.away = false
  const options = {
    db: base.db,
    spoolDir: first.spoolDir,
    log,
    counters: createCounters(),
    onRecorded() {},
  }
  const heirs = [createHitRecorder(options), createHitRecorder(options)]
  for (const heir of heirs) heir.start()
  await until(async () => (await readdir(first.spoolDir)).length === 0)
  for (const heir of heirs) await heir.stop()
  await first.projector.runOnce()
  const [sum] = await base.db.engine`select opens from message_engagement where message_id = ${id}`
  assert.equal(sum?.['opens'], 1)
})

test('a hit that the database refuses is put aside and keeps none of the others waiting', async () => {
  const { recorder, spoolDir } = await trackingServer(base, world)
  const id = await world.addMessage()
  const hit = {
    id: uuid7(),
    workspaceNumber: world.number,
    messageId: id,
    kind: 'open',
    linkIndex: 0,
    atMs: +base.clock.now(),
    ip: null,
    userAgent: null,
    method: 'GET',
    purpose: null,
  }
  const lines = [hit, { ...hit, workspaceNumber: 'no number' }, { ...hit, id: uuid7() }].map(
    (each) => JSON.stringify(each),
  )
  await writeFile(join(spoolDir, `hits-${uuid7()}.jsonl`), `${lines.join('\n')}\n`)
  await writeFile(join(spoolDir, `hits-${uuid7()}.jsonl.part`), '{"id":"torn')
  recorder.start()
  await until(async () => (await readdir(spoolDir)).some((name) => name.startsWith('refused-')))
  await until(async () => (await hitsOf(id)).length === 2)
})

test('when neither database nor disk takes a hit, the pixel says that it was not stored', async () => {
  const state = unsteady()
  const { fetch, spoolDir, counters } = await trackingServer(base, world, { db: state.db })
  const id = await world.addMessage()
  await writeFile(join(spoolDir, 'no folder'), '')
  state.away = true
  const broken = createHitRecorder({
    db: state.db,
    spoolDir: join(spoolDir, 'no folder'),
    log,
    counters,
    onRecorded() {},
  })
  await assert.rejects(
    broken.add({
      id: uuid7(),
      workspaceNumber: world.number,
      messageId: id,
      kind: 'open',
      linkIndex: 0,
      atMs: 0,
      ip: null,
      userAgent: null,
      method: 'GET',
      purpose: null,
    }),
  )
  assert.equal(counters.lost, 1)
  assert.equal((await fetch('GET', `/api/track/open/${world.sign('open', id)}.png`)).status, 200) // its own disk is well
})

test('hits of many workspaces share a commit, and those of none are dropped', async () => {
  const others = await Promise.all([1, 2, 3].map(() => trackingWorld(base)))
  const { recorder } = await trackingServer(base, world)
  const ids = await Promise.all(others.map((other) => other.addMessage()))
  const hit = {
    kind: 'open' as const,
    linkIndex: 0,
    atMs: 0,
    ip: null,
    method: 'GET',
    purpose: null,
  }
  const userAgent = 'quotes " and \\ and {braces}, ünïcode'
  const numbers = [...others.map((other) => other.number), 4_000_000_000]
  await Promise.all(
    numbers.map((workspaceNumber, nth) =>
      recorder.add({
        ...hit,
        userAgent,
        id: uuid7(),
        workspaceNumber,
        messageId: ids[nth] ?? uuid7(),
      }),
    ),
  )
  for (const id of ids) assert.equal((await hitsOf(id))[0]?.userAgent, userAgent)
})
