import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { connect } from './db.ts'
import { serverUrl, socketAddress } from './socketUrl.ts'

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

test('of a URL as hosts print it, PostgreSQL is told what it knows', () => {
  const url = 'postgres://app:p%40ss@db.example.com:5432/mail'
  assert.equal(serverUrl(url), url)
  assert.equal(
    serverUrl(`${url}?sslmode=require&channel_binding=require&application_name=beckon`),
    `${url}?sslmode=require&application_name=beckon`,
  )
  assert.equal(serverUrl(`${url}?pgbouncer=true&connection_limit=1`), url)
  assert.equal(
    serverUrl(`${url}?sslmode=verify-full&sslrootcert=/etc/rds.pem`),
    `${url}?sslmode=verify-full`,
  )
  assert.equal(serverUrl(`${url}?sslrootcert=system`), `${url}?sslrootcert=system`)
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
