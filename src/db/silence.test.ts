import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDatabaseLink } from '../../test/faults/databaseLink.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { until } from '../../test/helpers/until.ts'
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

/** What was asked behind another question on the same connection is told that it closed. */
const told = ({ code }: { code?: string }) => /^CONNECTION_(CLOSED|SILENT)$/.test(code ?? '')

test('a long statement is waited for, and who waits for nobody is told', async () => {
  await Promise.all([sql`select pg_sleep(11)`, sql`select 1`])
  link.silence()
  const lost = [sql`select 1`.execute(), sql.begin((tx) => tx`select 2`)]
  link.forget()
  for (const each of lost) each.catch(() => {})
  for (const each of lost) await assert.rejects(each, told)
  assert.deepEqual([...(await sql`select 3 as n`)], [{ n: 3 }])
})

test('a session that PostgreSQL has ended meanwhile is known to be gone, and so are those that lay unused', async () => {
  const others = link.open
  const pool = connect(
    { url: `postgres://${address.user}@127.0.0.1:${link.port}/${address.database}` },
    { max: 6, onnotice: () => {} },
  )
  const administrator = connect(address, { max: 1 })
  database.closeFirst(async () => {
    await pool.end({ timeout: 0 })
    await administrator.end()
  })
  await Promise.all(Array.from({ length: 6 }, () => pool`select pg_sleep(0.2)`))
  const lost = pool.begin(async (tx) => {
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
    link.silence()
    const answer = tx`select 1`.execute()
    answer.catch(() => {})
    const [ended] = await administrator`select pg_terminate_backend(${row?.pid ?? 0}) as done`
    assert.ok(ended?.['done'])
    link.forget()
    await answer
  })
  await assert.rejects(lost, told)
  await until('those that lie unused to be ended too', () => link.open <= others)
  await Promise.all(Array.from({ length: 6 }, () => pool`select pg_sleep(0.2)`))
})
