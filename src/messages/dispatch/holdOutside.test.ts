import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Behaviour, startFaultServer } from '../../../test/fakes/startFaultServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { newSigningSecret } from '../../../test/helpers/signingSecret.ts'
import { until } from '../../../test/helpers/until.ts'
import { inWorkspace } from '../../db/db.ts'
import { findMessage } from '../store/read.ts'
import { viewOf } from '../view.ts'

const database = await testDatabase()
const { db, clock } = database // 12:00 in Jerusalem
const engine = await testEngine(database)
const { workspaceId } = engine
const vendor = await startFaultServer()
after(() => vendor.close())
const busy: Behaviour = { do: 'reply', status: 503, body: '', headers: { 'retry-after': '7200' } }
const day = { from: '08:00', until: '21:00', time_zone: 'Asia/Jerusalem' }

const rowOf = (id: string) => findMessage(db.engine, workspaceId, id)
const reach = (id: string, status: string) =>
  until(
    `a message that is ${status}`,
    async () => {
      const row = await rowOf(id)
      engine.engine.poke()
      return row?.status === status && row
    },
    20_000,
  )
const send = (more: object) =>
  engine.accept({ channel: 'email', to: 'ada@example.com', subject: 'Hi', message: 'Hi', ...more })

test('inside of its window a message goes at once, outside it is held until it opens', async () => {
  await reach(await send({ send_window: day }), 'delivered')
  clock.forward({ hours: 10 }) // 22:00
  const id = await send({ send_window: day })
  const held = await reach(id, 'held')
  assert.equal(held.reason, 'window')
  assert.equal(+held.dueAt - +clock.now(), 10 * 3_600_000)
  const view = await inWorkspace(db, workspaceId, (tx) => viewOf(tx, held))
  assert.equal(view.detail, `Waits for its hours, until ${view.held_until}.`)
  const accepted = `Accepted, to wait for its hours, until ${view.held_until}.`
  assert.equal(view.timeline[0]?.detail, accepted)
  await reach(await send({ send_window: day, priority: 'urgent' }), 'delivered')
  clock.forward({ hours: 10 })
  await reach(id, 'delivered')
})

test('what became due again outside of its window waits for it, and does not expire meanwhile', async () => {
  const url = await vendor.define('busy', busy)
  await engine.addSender({
    ...{ channel: 'webhook', provider: 'webhook', position: -1 },
    settings: { url, signing_secret: newSigningSecret() },
  })
  const window = { from: '08:00', until: '08:10', time_zone: 'Asia/Jerusalem' }
  const id = await engine.accept({ channel: 'webhook', message: 'Hi', send_window: window })
  await until('the first try', async () => (await rowOf(id))?.attempt === 1)
  await until('the retry to be planned', async () => (await rowOf(id))?.status === 'queued')
  clock.forward({ minutes: 20 })
  const held = await reach(id, 'held')
  assert.equal(held.attempt, 1)
  assert.ok(+held.dueAt - +clock.now() > 23 * 3_600_000)
  assert.ok(held.expiresAt > held.dueAt)
  await vendor.define('busy', { do: 'reply', status: 200, body: '{}' })
  clock.forward({ hours: 23, minutes: 45 })
  await reach(id, 'sent')
})

test('an end that was given is kept', async () => {
  clock.forward({ hours: 14 })
  const expires = new Date(+clock.now() + 3_600_000).toISOString()
  await assert.rejects(send({ send_window: day, expires_at: expires }), /before the message could/)
})
