import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { createContacts } from '../contacts/resolve.ts'
import { inWorkspace } from '../db/db.ts'
import { recordConsent, recordConsents } from './record.ts'
import { listConsentStates, listConsents } from './store.ts'

const world = await testDatabase()
const { db, clock } = world
const engines = await addWorkspace(world, 'analytical-engines')
const [ada, grace] = await createContacts(
  db.engine,
  ['ada', 'grace'].map((recipientId) => ({ workspaceId: engines, recipientId, kind: null })),
  clock.now(),
)

const say = (granted: boolean, at: string, contactId = ada!) => ({
  contactId,
  topic: 'news',
  channel: '*',
  granted,
  source: 'page',
  proof: { ip: '203.0.113.1' },
  at: new Date(at),
})
const within = inWorkspace.bind(null, db, engines)

test('the ledger keeps every word, the state the last one, whatever order they come in', async () => {
  await within((tx) => recordConsent(tx, engines, say(false, '2026-03-02T10:00:00Z'), clock.now()))
  await within((tx) => recordConsent(tx, engines, say(true, '2026-03-01T10:00:00Z'), clock.now()))
  assert.deepEqual(
    (await listConsentStates(db.engine, engines, ada!)).map((state) => state.granted),
    [false],
  )
  await within((tx) => recordConsent(tx, engines, say(true, '2026-03-03T10:00:00Z'), clock.now()))
  assert.deepEqual(
    (await listConsentStates(db.engine, engines, ada!)).map((state) => state.granted),
    [true],
  )
  const ledger = await listConsents(db.engine, engines, [ada!], { limit: 10 })
  assert.deepEqual(
    ledger.map((each) => [each.granted, each.proof]),
    [
      [true, { ip: '203.0.113.1' }],
      [true, { ip: '203.0.113.1' }],
      [false, { ip: '203.0.113.1' }],
    ],
  )
})

test('of a yes and a no of the same moment the no stands', async () => {
  const at = '2026-03-02T10:00:00Z'
  await recordConsents(
    db.engine,
    engines,
    [say(true, at, grace), say(false, at, grace), say(true, at, grace)],
    clock.now(),
  )
  assert.deepEqual(
    (await listConsentStates(db.engine, engines, grace!)).map((state) => state.granted),
    [false],
  )
})

test('each word is an event of the contact, without the proof', async () => {
  const events = await db.engine`
    select name, properties from events where contact_id = ${ada!} order by recorded_at, id
  `
  assert.deepEqual(
    events.map((event) => event['name']),
    ['consent.withdrawn', 'consent.granted', 'consent.granted'],
  )
  assert.deepEqual(Object.keys(events[0]!['properties']), ['topic', 'channel', 'consent_id'])
})
