/**
 * The version before runs on the schema of the version after: a deployment that is taken back.
 * Migrations only add until nobody needs what was there before, so this one adds what a later
 * version might: columns, a table, an index, a row about itself.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connect } from '../../src/db/db.ts'
import { api } from '../helpers/api.ts'
import { idOf } from '../helpers/smtpSink.ts'
import { allSettled, checkInvariants } from './checker.ts'
import { KEY, serverWorld } from './serverWorld.ts'

const BATCHES = 20
const BATCH = 100

const world = await serverWorld()
const owner = connect(world.address, { max: 1 })
after(() => owner.end())

test('R22', async (t) => {
  // The first start migrates; then the later version comes, and is taken back.
  const before = await world.start()
  assert.equal(await before.stop(), 0, before.output())
  const tables = await owner<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
      and c.relname <> 'migrations'
  `
  for (const { name } of tables)
    await owner.unsafe(`alter table ${name} add column of_a_later_version text default 'later'`)
  await owner.unsafe('create table later_things (id uuid primary key, what text not null)')
  await owner.unsafe('create index later_messages on messages (of_a_later_version)')
  await owner`insert into migrations (name) values ('9999_later.sql')`

  const server = await world.start()
  const call = api(() => server.url, KEY)
  const ids: string[] = []
  let other = 0
  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => {
    const { status, json } = await call(method, path, body)
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`)
    other++
    return json
  }
  for (let n = 0; n < BATCHES; n++) {
    const batch = Array.from({ length: BATCH }, (_, at) => ({
      ...{ recipient_id: `person-${n}-${at}`, channel: 'email', to: `p${n}-${at}@example.org` },
      ...{ subject: 'Again', message: 'Again.' },
    }))
    for (const { id } of (await ask('POST', '/notifications', batch)).data) ids.push(id)
    await ask('POST', '/contacts', { external_id: `c-${n}`, email: `c${n}@example.org` })
    await ask('POST', '/events', { name: 'order.completed', external_id: `c-${n}` })
    const template = { name: `t-${n}`, channel: 'email', subject: 'S', html: '<p>x</p>' }
    await ask('POST', '/templates', template)
    await ask('PUT', `/preferences/person-${n}-0/unsubscribe`, {})
    for (const path of [
      '/notifications',
      '/contacts',
      '/templates',
      '/audit',
      '/analytics/overview',
    ])
      await ask('GET', path)
  }
  const workspaceId = await world.workspaceId()
  await allSettled(world.db.engine, workspaceId)
  const verdict = await checkInvariants(world.db.engine, {
    ...{ workspaceId, acknowledged: ids, received: (await world.sink.arrivals()).map(idOf) },
  })
  assert.equal(verdict.sent, ids.length)
  assert.equal(await server.stop(), 0, server.output())
  assert.doesNotMatch(server.output(), /"level":"error"/)
  t.diagnostic(
    `${tables.length} tables with a later version’s columns: ${other} requests and ${ids.length} messages, 0 errors`,
  )
})
