/** Migrating a database of its own, with others that migrate at the same time. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { until } from '../../test/helpers/until.ts'
import { connect } from './db.ts'
import { migrate } from './migrate.ts'
import { listEntries, listMigrations, readMigration } from './migrations.ts'

const LOCK = 7_236_001
const database = await testDatabase()
const { address } = database
const admin = connect(address, { max: 1 })
const name = `empty_${randomBytes(6).toString('hex')}`
await admin.unsafe(`create database ${name}`)
const owner = () => connect({ ...address, database: name }, { max: 1 })
const [one, two, dying] = [owner(), owner(), owner()]
database.closeFirst(async () => {
  await Promise.all([one, two, dying].map((sql) => sql.end({ timeout: 1 })))
  await admin.unsafe(`drop database ${name} with (force)`)
  await admin.end({ timeout: 1 })
})

test('who waits too long for another process that migrates is told which', async () => {
  const [holder] = await two`select pg_backend_pid() as pid, pg_advisory_lock(${LOCK})`
  await assert.rejects(migrate(one, { waitSeconds: 1 }), (error: Error) => {
    assert.match(error.message, /waited 1 s/)
    assert.match(error.message, new RegExp(`session ${holder?.['pid']} \\(`))
    return true
  })
  await two`select pg_advisory_unlock(${LOCK})`
})

test('a connection that dies while it waits ends the start and does not hang it', async () => {
  await two`select pg_advisory_lock(${LOCK})`
  const migrating = migrate(dying)
  migrating.catch(() => {})
  const waiting = () => admin<{ pid: number }[]>`
    select pid from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted
  `
  await until('it to wait', async () => (await waiting()).length === 1)
  const [{ pid } = { pid: 0 }] = await waiting()
  await admin`select pg_terminate_backend(${pid})`
  await assert.rejects(migrating)
  await two`select pg_advisory_unlock(${LOCK})`
})

test('two processes at once apply each migration once, and the next time there is nothing to do', async () => {
  const applied = await Promise.all([migrate(one), migrate(two)])
  assert.deepEqual(applied.flat().sort(), listMigrations())
  assert.deepEqual(await migrate(one), [])
})

test('while another process applies one, whoever waits too long is told which', async () => {
  const last = listMigrations().at(-1) ?? ''
  const [locked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const blocker = owner()
  const holding = blocker.begin(async (tx) => {
    await tx`lock table workspaces in access share mode`
    locked.resolve()
    await go.promise
  })
  await locked.promise
  await two`delete from migrations where name = ${last}`
  const applying = migrate(two)
  applying.catch(() => {})
  await until('it to stand before the table', async () => {
    const rows = await admin`
      select from pg_stat_activity where datname = ${name} and wait_event_type = 'Lock'
    `
    return rows.length === 1
  })
  await assert.rejects(migrate(one, { waitSeconds: 1 }), /waited 1 s/)
  go.resolve()
  await holding
  await blocker.end()
  await assert.rejects(applying, /already exists/) // it was applied before
  const { checksum } = readMigration(last)
  await one`insert into migrations (name, checksum) values (${last}, ${checksum})`
})

test('a migration whose file was changed since it was applied stops the start and names the way out', async () => {
  const [changed = ''] = listMigrations()
  const { checksum } = readMigration(changed)
  await two`update migrations set checksum = ${'0'.repeat(64)} where name = ${changed}`
  await assert.rejects(migrate(one), (error: Error) => {
    assert.ok(error.message.startsWith(`Migration ${changed} was applied`), error.message)
    assert.match(error.message, /Start the version that applied it, or .* another DATA_DIR/)
    return true
  })
  await two`update migrations set checksum = ${checksum} where name = ${changed}`
  assert.deepEqual(await migrate(one), [])
})

test('a database migrated before checksums were kept has them noted, by two processes at once too', async () => {
  await two`alter table migrations drop column checksum`
  assert.deepEqual(await Promise.all([migrate(one), migrate(two)]), [[], []])
  const entries = await listEntries(one)
  const expected = listMigrations().map((each) => readMigration(each).checksum)
  assert.deepEqual(
    entries.map(({ checksum }) => checksum),
    expected,
  )
  await two`insert into migrations (name) values ('9999_later.sql')`
  assert.deepEqual(await migrate(one), [], 'an entry of a later version is left as it is')
})
