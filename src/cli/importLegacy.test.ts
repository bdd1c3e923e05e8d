/** Files as documents 000 and 002 have them, taken over by a workspace with their recipes. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { addWorkspace } from '../../test/helpers/workspace.ts'
import { readConfig } from '../config.ts'
import { inWorkspace } from '../db/db.ts'
import { provisionRecipes } from '../journeys/recipes/provision.ts'
import { loadRecipes } from '../journeys/recipes/recipe.ts'
import { importLegacy } from './importLegacy.ts'
import type { Tool } from './tool.ts'

const database = await testDatabase()
const { db, clock } = database
const workspaceId = await addWorkspace(database, 'default')
const folder = mkdtempSync(join(tmpdir(), 'beckon-legacy-'))
after(() => rmSync(folder, { recursive: true }))
const environment = readConfig({
  ...{ MONDAY_API_KEY: 'k', MONDAY_BOARD_ID: '1', META_API_TOKEN: 't', META_PHONE_ID: '2' },
  ...{ ADMIN_SECRET: 'a verify token', PUBLIC_URL: 'https://beckon.test' },
})
await inWorkspace(db, workspaceId, (tx) =>
  provisionRecipes(tx, workspaceId, { recipes: loadRecipes(), environment }, clock.now()),
)

interface Told {
  file: string
  rows: number
  fresh: number
  failed: number
  faults: string[]
}
let told: Told[] = []
const tool = {
  ...{ db, config: { ...environment, DATA_DIR: folder } },
  workspace: async () => ({ id: workspaceId }),
  out: { result: (rows: Told[]) => (told = rows), progress() {} },
} as unknown as Tool // what this command asks of it

const run = async (...paths: string[]) => {
  await importLegacy(tool, paths, {})
  return told
}
const ask = <T>(query: string) =>
  inWorkspace(db, workspaceId, (tx) => tx.unsafe(query)) as unknown as Promise<T[]>

function makeOpens(name: string) {
  const file = join(folder, name)
  const sqlite = new DatabaseSync(file)
  sqlite.exec(`BEGIN; CREATE TABLE notification_log (
    id INTEGER PRIMARY KEY, email_id TEXT NOT NULL, lead_id TEXT, lead_name TEXT, subject TEXT, recipient TEXT,
    opens_count INTEGER, opened_at TIMESTAMP, notified_at TIMESTAMP, UNIQUE(email_id, opened_at))`)
  const insert = sqlite.prepare(
    'INSERT INTO notification_log (email_id, lead_id, lead_name, subject, recipient, opens_count, opened_at, notified_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const lead = ['lead_1', 'דנה', 'הצעה', 'dana@example.com'] as const
  insert.run('acti_1', ...lead, 1, '2026-02-27 09:15:00.123456', '2026-02-27 09:15:02')
  insert.run('acti_1', ...lead, 2, '2026-02-27T11:00:00+02:00', null)
  insert.run('acti_2', null, null, null, null, null, '2026-02-28T10:00:00Z', '2026-02-28T10:00:01Z')
  insert.run('acti_3', null, null, null, null, 1, 'yesterday', null)
  for (let n = 0; n < 1_200; n++)
    insert.run(
      'acti_4',
      ...lead,
      n + 1,
      new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString(),
      null,
    )
  sqlite.exec('COMMIT')
  sqlite.close()
  return file
}

test('opens that were told count in every answer, once, and raise nothing', async () => {
  const file = makeOpens('email_opens.db')
  const [first] = await run(file)
  assert.deepEqual(
    { ...first, file: '' },
    {
      ...{ file: '', table: 'notification_log', rows: 1_204, fresh: 1_203, failed: 1 },
      faults: ['row 4: opened_at is no time: "yesterday"'],
    },
  )
  const rows = await ask<{ emailId: string; openedAt: Date; notifiedAt: Date | null }>(
    `select email_id, opened_at, notified_at, lead_name from notification_log where email_id in ('acti_1', 'acti_2') order by opened_at`,
  )
  assert.deepEqual(
    rows.map((row) => [row.emailId, row.openedAt.toISOString(), row.notifiedAt?.toISOString()]),
    [
      ['acti_1', '2026-02-27T09:00:00.000Z', undefined],
      ['acti_1', '2026-02-27T09:15:00.123Z', '2026-02-27T09:15:02.000Z'],
      ['acti_2', '2026-02-28T10:00:00.000Z', '2026-02-28T10:00:01.000Z'],
    ],
  )
  const [totals] = await ask<{ opens: number; emailsOpened: number }>(
    'select opens, emails_opened from open_totals',
  )
  assert.deepEqual({ ...totals }, { opens: 1_203, emailsOpened: 3 })
  assert.equal((await ask('select 1 from events')).length, 0)
  const [again] = await run(file)
  assert.equal(again?.fresh, 0)
  assert.equal((await ask('select 1 from email_opens')).length, 1_203)
})

function makeLeads(name: string) {
  const file = join(folder, name)
  const sqlite = new DatabaseSync(file)
  sqlite.exec(`BEGIN; CREATE TABLE leads (
    id INTEGER NOT NULL PRIMARY KEY, monday_item_id VARCHAR NOT NULL, phone_number VARCHAR, lead_name VARCHAR,
    created_at DATETIME, status VARCHAR, followup_due_at DATETIME, is_done BOOLEAN);
    CREATE UNIQUE INDEX ix_leads_monday_item_id ON leads (monday_item_id)`)
  const insert = sqlite.prepare(
    'INSERT INTO leads (monday_item_id, phone_number, lead_name, created_at, status, followup_due_at, is_done) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const created = '2026-03-01 12:00:00.000000'
  insert.run(
    '101',
    '+972501234567',
    'נועה',
    created,
    'נשלחה הודעה',
    '2026-03-02 12:00:00.000000',
    0,
  )
  insert.run('102', '+972501234568', 'Dan', created, 'אין מענה 1', '2026-03-02 12:00:00.000000', 1)
  insert.run('103', null, 'Nobody', created, 'לייד חדש', null, 1)
  sqlite.exec('COMMIT')
  sqlite.close()
  return file
}

test('leads are runs: who waits for the follow-up still waits, and nobody is welcomed again', async () => {
  const file = makeLeads('leads.db')
  const [first] = await run(file)
  assert.equal(first?.fresh, 3)
  const leads = await ask<Record<string, unknown>>(
    'select monday_item_id, phone_number, lead_name, status, followup_due_at, is_done from leads order by monday_item_id',
  )
  const due = new Date('2026-03-02T12:00:00Z')
  assert.deepEqual(
    leads.map((lead) => Object.values(lead)),
    [
      ['101', '+972501234567', 'נועה', 'נשלחה הודעה', due, false],
      ['102', '+972501234568', 'Dan', 'אין מענה 1', null, true],
      ['103', null, 'Nobody', 'לייד חדש', null, true],
    ],
  )
  const keys = await ask<{ key: string; live: boolean }>(
    'select key, live from journey_keys order by key',
  )
  assert.deepEqual(
    keys.map(({ key, live }) => [key, live]),
    [
      ['+972501234567', true],
      ['+972501234568', false],
      ['103', false],
    ],
  )
  const events = await ask<{ key: string }>(
    `select key from event_keys where source = 'monday' order by key`,
  )
  assert.deepEqual(
    events.map(({ key }) => key),
    ['item/101', 'item/102', 'item/103'],
  )
  const [again] = await run(file)
  assert.equal(again?.fresh, 0)
  assert.equal((await ask('select 1 from journey_runs')).length, 3)
})

test('of many with one phone, the one that still waits is the run, wherever it stands', async () => {
  const file = join(folder, 'many.db')
  const sqlite = new DatabaseSync(file)
  sqlite.exec(`BEGIN; CREATE TABLE leads (
    id INTEGER PRIMARY KEY, monday_item_id VARCHAR, phone_number VARCHAR, created_at DATETIME, is_done BOOLEAN)`)
  const insert = sqlite.prepare('INSERT INTO leads VALUES (?, ?, ?, ?, ?)')
  const created = '2026-03-01 12:00:00'
  insert.run(1, 'many-1', '+972501230000', created, 1)
  for (let n = 2; n <= 600; n++) insert.run(n, `many-${n}`, null, created, 1)
  insert.run(601, 'many-601', '+972501230000', created, 0)
  insert.run(602, 'twice', '+972501230001', created, 1)
  insert.run(603, 'twice', '+972501230001', created, 0)
  insert.run(604, 'far', '+972501230002', 1e300, 0)
  sqlite.exec('COMMIT')
  sqlite.close()
  const [answer] = await run(file)
  assert.deepEqual(answer?.faults, ['row 604: created_at is no time: 1e+300'])
  const keys = await ask<{ key: string; live: boolean }>(
    `select key, live from journey_keys where key like '+97250123000%' order by key`,
  )
  assert.deepEqual(
    keys.map(({ key, live }) => [key, live]),
    [
      ['+972501230000', true],
      ['+972501230001', true],
    ],
  )
  rmSync(file)
})

test('without a name, the files of the data folder are taken', async () => {
  const files = await run()
  assert.deepEqual(
    files.map((each) => [each.file, each.fresh]),
    [
      [join(folder, 'email_opens.db'), 0],
      [join(folder, 'leads.db'), 0],
    ],
  )
})

test('what is no such file is said, and left as it is', async () => {
  const text = join(folder, 'text.db')
  writeFileSync(text, 'not a database, but long enough to look like one')
  await assert.rejects(run(text), /cannot be read/)
  const other = join(folder, 'other.db')
  new DatabaseSync(other).exec('CREATE TABLE cats (id INTEGER)')
  await assert.rejects(run(other), /neither a table/)
  await assert.rejects(run(join(folder, 'gone.db')), /is not there/)
})
