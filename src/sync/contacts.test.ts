/** Contacts of Close and monday.com as their mapping has them, by its rules; and what a connection would bring. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type FakeContact, startClose } from '../../test/fakes/startClose.ts'
import { BOARD, startMonday } from '../../test/fakes/startMonday.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { type SyncWorld, syncWorld } from '../../test/helpers/syncWorld.ts'
import { updateContact } from '../contacts/change.ts'
import { inWorkspace } from '../db/db.ts'
import { sealContext } from './directory.ts'
import { tryOut } from './tryOut.ts'

const database = await testDatabase()
const { db, clock } = database
const [close, monday] = await Promise.all([startClose(), startMonday()])
after(() => Promise.all([close.close(), monday.close()]))

const contact = (n: number, more: Partial<FakeContact> = {}): FakeContact => ({
  ...{ id: `cont_${n}`, name: `Ada ${n}`, title: 'Engineer' },
  emails: [{ email: `ada${n}@example.com`, type: 'office' }],
  phones: [],
  date_updated: clock.now().toISOString(),
  ...more,
})
type Line = { from: string; to: string; rule: 'theirs' | 'ours' | 'newest' }

/** A connection to Close that brings all contacts by `lines`. */
async function world(lines: readonly Line[]) {
  await close.set({ contacts: [], faults: [], requests: [] })
  const made = await syncWorld(database, close, { source: 'contacts' })
  const process = await made.start()
  const settings = { import_contacts: true, contact_fields: lines }
  const { connections } = process.sync.deps
  const opened = async () => connections.open(await made.connection())!
  const { sealing } = process.sync.deps
  const { row, settings: old } = await opened()
  const sealed = sealing.seal(
    JSON.stringify({ ...(old as object), ...settings }),
    sealContext(row.workspaceId, row.id),
  )
  await db.engine`update connections set settings = ${sealed} where id = ${row.id}`
  return { ...made, process, opened }
}

const people = async ({ workspaceId }: Pick<SyncWorld, 'workspaceId'>) => {
  const rows = await db.engine<{ id: string; name: string; traits: object; email: string }[]>`
    select c.id, c.name, c.traits, a.address as email from contacts c
    left join contact_addresses a on a.workspace_id = c.workspace_id and a.contact_id = c.id and a.is_primary and a.kind = 'email'
    where c.workspace_id = ${workspaceId} order by c.name
  `
  return [...rows]
}
const NAME = { from: 'name', to: 'name' }
const EMAIL = { from: 'email', to: 'email' }

test('contacts come in pages, with their fields as the mapping has them', async () => {
  const made = await world([
    { ...NAME, rule: 'theirs' },
    { ...EMAIL, rule: 'theirs' },
    { from: 'custom.cf_size', to: 'traits.size', rule: 'theirs' },
  ])
  const contacts = Array.from({ length: 130 }, (_, n) =>
    contact(1_000 + n, { 'custom.cf_size': n }),
  )
  await close.set({ contacts })
  await made.process.poll()
  const all = await people(made)
  assert.equal(all.length, 130)
  assert.deepEqual(all[7], {
    ...{ id: all[7]!.id, name: 'Ada 1007', email: 'ada1007@example.com', traits: { size: 7 } },
  })
  const [run] = await db.engine`
    select records, expected, pages from sync_runs where workspace_id = ${made.workspaceId} and status = 'done' and task = 'contacts'
    order by id desc limit 1
  `
  assert.deepEqual({ ...run }, { records: 130, expected: 130, pages: 2 })
  assert.deepEqual((await close.tell()).complaints, [])
})

test('who is right is as the mapping says: ours stays, theirs is taken, the newest wins', async () => {
  const made = await world([
    { ...NAME, rule: 'ours' },
    { ...EMAIL, rule: 'newest' },
    { from: 'title', to: 'traits.title', rule: 'theirs' },
  ])
  await close.set({ contacts: [contact(1)] })
  await made.process.poll()
  const [first] = await people(made)
  assert.equal(first?.email, 'ada1@example.com')
  const change = (patch: object) =>
    inWorkspace(db, made.workspaceId, (tx) =>
      updateContact(tx, made.workspaceId, { id: first!.id, patch, country: null }, clock.now()),
    )
  clock.forward({ minutes: 10 })
  await change({ name: 'Ada, as we call her', email: 'ours@example.com', traits: { title: 'CTO' } })
  clock.forward({ minutes: 10 })

  await made.process.poll() // over there nothing changed
  const [kept] = await people(made)
  assert.deepEqual(
    [kept?.name, kept?.email, kept?.traits],
    ['Ada, as we call her', 'ours@example.com', { title: 'Engineer' }],
  )
  clock.forward({ minutes: 10 })
  const emails = [{ email: 'new@example.com', type: 'office' }]
  await close.set({ contacts: [contact(1, { name: 'Ada Lovelace', emails })] })
  await made.process.poll()
  const [newer] = await people(made)
  assert.deepEqual([newer?.name, newer?.email], ['Ada, as we call her', 'new@example.com'])
})

test('what a connection would bring is counted and shown, and nothing is changed', async () => {
  const made = await world([
    { ...NAME, rule: 'theirs' },
    { ...EMAIL, rule: 'ours' },
  ])
  const contacts = Array.from({ length: 30 }, (_, n) => contact(n))
  await close.set({ contacts: contacts.slice(0, 20) })
  await made.process.poll()
  const before = await people(made)
  await close.set({
    contacts: contacts.map((each, n) => (n < 3 ? contact(n, { name: 'Grace' }) : each)),
  })
  const trial = await tryOut(await made.opened(), made.process.sync.deps)
  const { create, update, skip, complete, ok } = trial
  assert.deepEqual(
    { create, update, skip, complete, ok },
    {
      ...{ create: 10, update: 3, skip: 17, complete: true, ok: true },
    },
  )
  assert.match(trial.detail, /Grace/) // whose key it is
  assert.equal(trial.sample.length, 20)
  assert.deepEqual(trial.sample[0]?.changes, [{ field: 'name', from: 'Ada 0', to: 'Grace' }])
  assert.deepEqual(await people(made), before)
  const requests = (await close.tell()).requests.filter(({ method }) => method !== 'GET')
  assert.deepEqual(requests, [])
})

test('a trial says what is wrong with the settings, and stops where the vendor takes no more calls', async () => {
  const made = await world([{ ...NAME, rule: 'theirs' }])
  await close.set({ contacts: Array.from({ length: 150 }, (_, n) => contact(n)), key: 'another' })
  const refused = await tryOut(await made.opened(), made.process.sync.deps)
  assert.equal(refused.ok, false)
  assert.match(refused.detail, /refuses the API key/)
  await close.set({ key: 'api_test' })
  const spent = { ratelimit: 'limit=100, remaining=0, reset=38' }
  await close.set({ faults: [{ path: '/event/', status: 429, times: 9, headers: spent }] })
  const limited = await tryOut(await made.opened(), made.process.sync.deps)
  assert.equal(limited.ok, false)
  assert.match(limited.detail, /no more calls/)
})

test('a limit of calls is waited for, and is no failure', async () => {
  const made = await world([{ ...NAME, rule: 'theirs' }])
  const spent = { ratelimit: 'limit=100, remaining=0, reset=38' }
  await close.set({
    contacts: [contact(1)],
    faults: [{ path: '/contact/', status: 429, times: 1, headers: spent }],
  })
  await made.process.poll()
  const task = await made.task()
  assert.deepEqual([task.limited, task.attempts, task.lastError], [true, 0, null])
  assert.equal(+task.dueAt! - +clock.now(), 38_000)
  const [run] = await db.engine`
    select status, error from sync_runs where workspace_id = ${made.workspaceId} and task = 'contacts' order by id desc limit 1
  `
  assert.deepEqual({ ...run }, { status: 'limited', error: null })
})

test('a limit that would last for ever is waited for a day', async () => {
  for (const wait of ['9999999999', '9'.repeat(30)]) {
    const made = await world([{ ...NAME, rule: 'theirs' }])
    const headers = { 'retry-after': wait }
    const faults = [{ path: '/contact/', status: 429, times: 1, headers }]
    await close.set({ contacts: [contact(1)], faults })
    await made.process.poll()
    const task = await made.task()
    assert.deepEqual([task.limited, +task.dueAt! - +clock.now()], [true, 86_400_000])
  }
})

test('columns of a board become traits, and a trial adds no labels to it', async () => {
  const now = clock.now().toISOString()
  await monday.set({ now: +clock.now(), items: [], labels: ['a'], calls: [] })
  const variables = {
    ...{ MONDAY_API_KEY: 'monday-token', MONDAY_BOARD_ID: BOARD, MONDAY_BASE_URL: monday.baseUrl },
  }
  const made = await syncWorld(database, null, { path: 'monday', source: 'contacts', variables })
  const process = await made.start()
  const opened = process.sync.deps.connections.open(await made.connection())!
  const settings = {
    ...(opened.settings as object),
    import_contacts: true,
    contact_fields: [
      { ...NAME, rule: 'theirs' },
      { from: 'city', to: 'traits.city', rule: 'theirs' },
      { from: 'mail', to: 'email', rule: 'theirs' },
    ],
  }
  const texts = { city: 'Haifa', mail: 'ada@board.example' }
  await monday.item({ id: '501', name: 'Ada', created_at: now, texts })
  const trial = await tryOut({ ...opened, settings }, process.sync.deps)
  assert.deepEqual(trial.sample, [
    {
      ...{ does: 'create', name: 'Ada', email: 'ada@board.example', phone: null },
      changes: [
        { field: 'name', from: null, to: 'Ada' },
        { field: 'email', from: null, to: 'ada@board.example' },
        { field: 'traits.city', from: null, to: 'Haifa' },
      ],
    },
  ])
  const { calls, complaints } = await monday.tell()
  assert.ok(!calls.includes('update_status_column'))
  assert.deepEqual(complaints, [])
  assert.equal((await people(made)).length, 0)
})
