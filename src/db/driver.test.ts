import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { until } from '../../test/helpers/until.ts'
import { connect } from './db.ts'
import { mended } from './driver.ts'

const root = join(import.meta.dirname, '../..')

test('the installed driver is the one that was read, and each place that forgets is mended', () => {
  const source = readFileSync(join(root, 'node_modules/postgres/src/connection.js'), 'utf8')
  const text = mended(source)
  assert.equal(
    text.split('chunk = nextWriteTimer = null').length -
      source.split('chunk = nextWriteTimer = null').length,
    3,
  )
})

test('another version of the driver is refused until somebody has looked at it', () => {
  assert.throws(() => mended('function nextWrite(fn) {}'), /is not the version/)
})

test('nothing takes the driver from its package', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter(
    (file) => !file.startsWith('src/db/driver'),
  )
  const takers = files.filter((file) =>
    /^import (?!type ).*from 'postgres'$/m.test(readFileSync(join(root, file), 'utf8')),
  )
  assert.deepEqual(takers, [])
})

test('what is asked as soon as a connection is known to be reset is answered', async () => {
  const { address, closeFirst } = await testDatabase()
  const clients: Socket[] = []
  const link = createServer((client) => {
    const server = dial(`${address.socketDir}/.s.PGSQL.${address.port}`)
    clients.push(client)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.pipe(other)
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  })
  link.listen(0, '127.0.0.1')
  await once(link, 'listening')
  const at = link.address()
  const port = typeof at === 'object' ? at?.port : 0
  const url = `postgres://${address.user}@127.0.0.1:${port}/${address.database}`
  const sql = connect({ url }, { max: 1 })
  closeFirst(async () => {
    await sql.end({ timeout: 0 })
    link.close()
  })
  await sql`select 1`
  const asked = sql`select pg_sleep(60)`.execute()
  const again = asked.catch(() => sql`select 2 as n`)
  clients[0]?.resetAndDestroy()
  await assert.rejects(asked, { code: 'ECONNRESET' })
  assert.deepEqual([...(await again)], [{ n: 2 }])
  assert.deepEqual([...(await sql`select 3 as n`)], [{ n: 3 }])
})

test('who asks a database that is gone is refused, also where a query was lost with it', async () => {
  const { address, closeFirst } = await testDatabase()
  const admin = connect({ ...address, database: 'beckon' }, { max: 1 })
  const name = `${address.database}_gone`
  await admin.unsafe(`create database ${name}`)
  const sql = connect({ ...address, database: name }, { max: 1 })
  closeFirst(async () => {
    await sql.end({ timeout: 0 })
    await admin.end()
  })
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const lost = sql`select pg_sleep(60)`.execute()
  lost.catch(() => {})
  await until('it to be at work', async () => {
    const [session] = await admin`select query from pg_stat_activity where pid = ${row!.pid}`
    return /pg_sleep/.test(session?.['query'])
  })
  await admin.unsafe(`drop database ${name} with (force)`)
  await assert.rejects(lost)
  await assert.rejects(sql`select 2`, { code: '3D000' })
})
