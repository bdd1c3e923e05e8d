import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDatabaseLink } from '../../test/faults/databaseLink.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { connect } from './db.ts'

const database = await testDatabase()
const { address } = database
const link = await startDatabaseLink(address)
const sql = connect(
  { url: `postgres://${address.user}@127.0.0.1:${link.port}/${address.database}` },
  { max: 2 },
)
database.closeFirst(async () => {
  await sql.end({ timeout: 0 })
  link.close()
})

test('a long statement is waited for, and who waits for nobody is told', async () => {
  await Promise.all([sql`select pg_sleep(11)`, sql`select 1`])
  link.silence()
  const lost = [sql`select 1`.execute(), sql.begin((tx) => tx`select 2`)]
  link.forget()
  for (const each of lost) each.catch(() => {})
  for (const each of lost) await assert.rejects(each, { code: 'CONNECTION_SILENT' })
  assert.deepEqual([...(await sql`select 3 as n`)], [{ n: 3 }])
})
