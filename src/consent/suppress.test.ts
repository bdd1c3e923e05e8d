import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { inWorkspace } from '../db/db.ts'
import { isSuppressed, lift, suppress, suppressAll } from './suppress.ts'

const world = await testDatabase()
const { db, clock } = world
const engines = await addWorkspace(world, 'analytical-engines')
const looms = await addWorkspace(world, 'looms')

const ada = { kind: 'email', address: 'Ada@engines.test' } as const
const within = inWorkspace.bind(null, db, engines)
const add = (more: object = {}) =>
  within((tx) =>
    suppress(tx, engines, { ...ada, reason: 'bounce', source: 'test', ...more }, clock.now()),
  )
const blocked = (address: string = ada.address) =>
  within((tx) => isSuppressed(tx, engines, { kind: 'email', address }, clock.now()))
const stored = async () => {
  const [row] =
    await db.engine`select address, reason, expires_at from suppressions where workspace_id = ${engines}`
  return { ...row }
}

test('a suppressed address is so in its workspace only, in any case, until it is lifted', async () => {
  assert.equal(await add(), true)
  assert.equal(await add(), false)
  assert.equal(await blocked('ada@engines.test'), true)
  assert.equal(
    await inWorkspace(db, looms, (tx) => isSuppressed(tx, looms, ada, clock.now())),
    false,
  )
  assert.equal(await within((tx) => lift(tx, engines, 'email', ada.address)), true)
  assert.equal(await within((tx) => lift(tx, engines, 'email', ada.address)), false)
  assert.equal(await blocked(), false)
})

test('a suppression with an end ends by itself, and a longer one replaces it', async () => {
  const soon = new Date(clock.now().getTime() + 60_000)
  await add({ expiresAt: soon })
  assert.equal(await blocked(), true)
  clock.forward({ minutes: 1 })
  assert.equal(await blocked(), false)
  assert.equal(await add({ reason: 'complaint' }), true)
  assert.equal(await add({ reason: 'bounce', expiresAt: soon }), false)
  assert.deepEqual(await stored(), { address: ada.address, reason: 'complaint', expiresAt: null })
})

test('an erased address is stored as a hash alone and stays so', async () => {
  await add({ reason: 'erased' })
  await add({ reason: 'manual' })
  assert.deepEqual(await stored(), { address: null, reason: 'erased', expiresAt: null })
  assert.equal(await blocked(), true)
})

test('many are suppressed at once, also twice at once', async () => {
  const many = Array.from(
    { length: 100 },
    (_, n) =>
      ({ kind: 'phone', address: `+1555010${n}`, reason: 'manual', source: 'test' }) as const,
  )
  const answers = await Promise.allSettled(
    [many, many.toReversed()].map((each) =>
      within((tx) => suppressAll(tx, engines, each, clock.now())),
    ),
  )
  assert.ok(answers.every((answer) => answer.status === 'fulfilled'))
  const [row] = await db.engine`select count(*)::int as n from suppressions where kind = 'phone'`
  assert.equal(row?.['n'], 100)
})
