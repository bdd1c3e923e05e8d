import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { inWorkspace } from '../db/db.ts'
import { addAddresses, createContacts, findContacts, resolveContacts } from './resolve.ts'

const world = await testDatabase()
const { db, clock } = world
const engines = await addWorkspace(world, 'analytical-engines')
const looms = await addWorkspace(world, 'looms')

const ada = { workspaceId: engines, recipientId: 'ada', kind: 'email' as const }

test('one call resolves contacts of several workspaces, in order, and makes those that are missing', async () => {
  const wanted = [
    { ...ada, address: 'ada@engines.test' },
    { workspaceId: looms, recipientId: 'ada', kind: 'phone' as const, address: '+15550100' },
    { ...ada, recipientId: 'grace', kind: null },
  ]
  const first = await db.engine.begin((tx) => resolveContacts(tx, wanted, clock.now()))
  assert.deepEqual(
    first.map((each) => [each.created, each.address]),
    [
      [true, 'ada@engines.test'],
      [true, '+15550100'],
      [true, null],
    ],
  )
  assert.equal(new Set(first.map((each) => each.contactId)).size, 3)
  const again = await resolveContacts(db.engine, wanted.toReversed(), clock.now())
  assert.deepEqual(
    again.map((each) => each.contactId),
    first.map((each) => each.contactId).toReversed(),
  )
  assert.ok(again.every((each) => !each.created))
})

test('an address given with a message is used for it and added, and the primary one stays', async () => {
  const [other] = await resolveContacts(
    db.engine,
    [{ ...ada, address: 'countess@engines.test' }],
    clock.now(),
  )
  assert.equal(other?.address, 'countess@engines.test')
  const [found] = await findContacts(db.engine, [ada])
  assert.equal(found?.address, 'ada@engines.test')
  const rows =
    await db.engine`select is_primary from contact_addresses where address = 'countess@engines.test'`
  assert.deepEqual(
    rows.map((row) => row['isPrimary']),
    [false],
  )
})

test('a recipient that comes several times in one call becomes one contact', async () => {
  const twin = { workspaceId: engines, recipientId: 'twin', kind: 'email' as const }
  const [one, two] = await resolveContacts(
    db.engine,
    [
      { ...twin, address: 'one@twin.test' },
      { ...twin, address: 'two@twin.test' },
    ],
    clock.now(),
  )
  assert.equal(one?.contactId, two?.contactId)
  const rows = await db.engine`
    select address from contact_addresses where contact_id = ${one!.contactId} order by is_primary desc
  `
  assert.deepEqual(
    rows.map((row) => row['address']),
    ['one@twin.test', 'two@twin.test'],
  )
})

test('makers that run at once agree on one contact and leave no other behind', async () => {
  const rows = Array.from({ length: 50 }, (_, n) => ({
    workspaceId: engines,
    recipientId: `race-${n}`,
    kind: 'email' as const,
    address: `${n}@race.test`,
  }))
  const before = await db.engine`select from contacts`
  const answers = await Promise.all(
    [rows, rows.toReversed(), rows].map((each) =>
      db.engine.begin((tx) => createContacts(tx, each, clock.now())),
    ),
  )
  assert.deepEqual(answers[1]!.toReversed(), answers[0])
  assert.deepEqual(answers[2], answers[0])
  const after = await db.engine`select from contacts`
  assert.equal(after.count - before.count, 50)
})

test('of first addresses added at once, one is primary and none is lost', async () => {
  const [id] = await createContacts(db.engine, [{ ...ada, recipientId: 'many' }], clock.now())
  const add = (n: number) =>
    addAddresses(
      db.engine,
      [{ workspaceId: engines, contactId: id!, kind: 'email', address: `${n}@many.test` }],
      clock.now(),
    )
  await Promise.all([1, 2, 3, 4].map(add))
  const rows = await db.engine`select is_primary from contact_addresses where contact_id = ${id!}`
  assert.equal(rows.count, 4)
  assert.equal(rows.filter((row) => row['isPrimary']).length, 1)
})

test('a transaction of one workspace does not find the contacts of another', async () => {
  const [hidden] = await inWorkspace(db, looms, (tx) => findContacts(tx, [ada]))
  assert.equal(hidden?.contactId, null)
})
