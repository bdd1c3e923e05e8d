import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { refusedUrl } from '../../../test/fakes/startFaultServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { newSigningSecret } from '../../../test/helpers/signingSecret.ts'
import { until } from '../../../test/helpers/until.ts'
import { findDue } from '../store/due.ts'
import { intend } from '../store/intend.ts'
import { dueLanes } from '../store/lanes.ts'
import { findMessage } from '../store/read.ts'

const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database, { start: false })
const { workspaceId } = engine
const url = await refusedUrl()
const settings = { url, signing_secret: newSigningSecret() }
await engine.addSender({ channel: 'webhook', provider: 'webhook', settings })

/** A process that read everything, committed the intents of some, and was never heard of again. */
async function die(begun: ReadonlySet<string>): Promise<void> {
  const processId = randomUUID()
  const now = clock.now()
  await db.engine`
    insert into processes (id, lock_key, host, roles, started_at, seen_at)
    values (${processId}, ${Math.floor(Math.random() * 2 ** 40)}, 'gone', ${['work']}, ${now}, ${now})
  `
  const until = new Date(+now + 30_000)
  const lease = { id: randomUUID(), processId, now, until }
  for (const lane of await dueLanes(db.engine, now, 100)) {
    const all = { now, limit: 100, taken: [], share: { index: 0, of: 1 } }
    const rows = await findDue(db.engine, lane, all)
    const wanted = rows
      .filter(({ id }) => begun.has(id))
      .map((row) => ({ ...row, kind: null, addressHash: null }))
    if (wanted.length > 0) await intend(db.engine, wanted, lease)
  }
}

test('what a dead process had begun is asked again where that is harmless, and unknown elsewhere', async () => {
  const accept = (channel: string, to?: string) =>
    engine.accept({ channel, message: 'Once.', ...(to ? { to, subject: 'Once' } : {}) })
  const knowsRepetitions = await accept('webhook')
  const doesNot = await accept('email', 'someone@example.org')
  const onlyRead = await accept('email', 'other@example.org')
  await die(new Set([knowsRepetitions, doesNot]))

  await engine.engine.start()
  // Nobody listens at its address, so it is asked again and waits for the next time.
  await until('the second try', async () => {
    return (await findMessage(db.engine, workspaceId, knowsRepetitions))?.status === 'queued'
  })
  assert.equal((await findMessage(db.engine, workspaceId, doesNot))?.status, 'unknown')
  const freed = await findMessage(db.engine, workspaceId, onlyRead)
  assert.notEqual(freed?.status, 'unknown')
  assert.equal(freed?.reason, null)
  await engine.engine.stop()
})
