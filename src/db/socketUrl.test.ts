import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { connect } from './db.ts'
import { socketAddress } from './socketUrl.ts'

const database = await testDatabase()

test('a URL may name a unix socket, as libpq writes it', () => {
  assert.deepEqual(socketAddress('postgres://app:p%40ss@/mail?host=/run/postgresql'), {
    socketDir: '/run/postgresql',
    port: 5432,
    database: 'mail',
    user: 'app',
    password: 'p@ss',
  })
  assert.deepEqual(socketAddress('postgresql:///mail?host=/tmp/x&port=5433&user=app'), {
    socketDir: '/tmp/x',
    port: 5433,
    database: 'mail',
    user: 'app',
  })
})

test('a URL with a host of the network is the driver’s', () => {
  for (const url of [
    'postgres://app:secret@db.example.com:5432/mail',
    'postgres://app@localhost/mail?sslmode=require',
    'postgres://db.example.com/mail?host=other',
  ]) {
    assert.equal(socketAddress(url), undefined, url)
  }
})

test('connecting by such a URL reaches the database', async () => {
  const { socketDir, port, user, database: name } = database.address
  const sql = connect(
    { url: `postgres://${user}@/${name}?host=${socketDir}&port=${port}` },
    { max: 1 },
  )
  const [row] = await sql`select current_database() as name`
  await sql.end()
  assert.equal(row?.['name'], name)
})
