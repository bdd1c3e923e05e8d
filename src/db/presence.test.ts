/** Presence over a database that lets go of it and refuses it for a while. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { until } from '../../test/helpers/until.ts'
import { connect } from './db.ts'
import { announce } from './presence.ts'

const database = await testDatabase()
const { db, address } = database
const admin = connect(address, { max: 1 })
database.closeFirst(() => admin.end({ timeout: 1 }))

/** Sessions that hold the lock of a process. */
const holders = (processId: string) => admin<{ pid: number }[]>`
  select distinct l.pid
  from pg_locks l
  join processes p on (l.classid::bigint << 32 | l.objid::bigint) = p.lock_key
  where l.locktype = 'advisory' and l.granted and p.id = ${processId}
    and l.database = (select oid from pg_database where datname = current_database())
`

test('a process whose connection is cut registers again, also when the first tries are refused', async () => {
  const [one, other] = [
    await announce(db, address, ['work']),
    await announce(db, address, ['work']),
  ]
  const [before] = await holders(one.processId)
  assert.ok(before)
  await admin`alter table processes rename to processes_away`
  await admin`select pg_terminate_backend(${before.pid})`
  const refused = () => admin`
    select from pg_stat_activity
    where application_name = 'beckon presence' and datname = current_database() and pid <> ${before.pid}
      and query like '%insert into processes%' and state = 'idle'
  `
  await until('a try to be refused', async () => (await refused()).length > 0)
  await admin`alter table processes_away rename to processes`
  await until('it to hold its lock again', async () => {
    const [holder] = await holders(one.processId)
    return holder !== undefined && holder.pid !== before.pid
  })
  assert.deepEqual(await other.deadProcesses(), [])
  await one.close()
  assert.deepEqual(await other.deadProcesses(), [])
  await other.close()
  assert.equal((await admin`select from processes`).length, 0)
})

test('a process that died is found by the others, and they by themselves are not', async () => {
  const [one, other] = [
    await announce(db, address, ['work']),
    await announce(db, address, ['serve']),
  ]
  const dead = '01990000-0000-7000-8000-00000000dead'
  await admin`
    insert into processes (id, lock_key, host, roles, started_at, seen_at)
    values (${dead}, 4711, 'gone', '{work}', now(), now())
  `
  assert.deepEqual(await one.deadProcesses(), [dead])
  assert.deepEqual(one.share(), { index: 0, of: 1 })
  await one.bury([dead])
  assert.deepEqual(await other.deadProcesses(), [])
  await Promise.all([one.close(), other.close()])
})
