/** Who may try out a connection, with which settings, and what they are shown. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startClose } from '../../test/fakes/startClose.ts'
import { startTestApp } from '../../test/helpers/app.ts'
import { testDatabase } from '../../test/helpers/database.ts'
import { mailbox } from '../../test/helpers/syncWorld.ts'
import { until } from '../../test/helpers/until.ts'
import { lockTrial } from './store/readings.ts'

const close = await startClose()
after(() => close.close())
const app = await startTestApp(await testDatabase(), {
  CLOSEIO_API_KEY: 'api_test',
  CLOSE_BASE_URL: close.baseUrl,
})
const key = await app.keyFor('default')
const { data } = (await app.call('GET', '/connectors', undefined, key)).json
const connection = data.find(({ origin }: { origin: string }) => origin === 'environment')
const path = `/connectors/${connection.id}/dry-run`

test('a connection of the environment is tried as it is, and with no settings of a member', async () => {
  const settings = { api_key: 'api_mine', base_url: 'https://member.example' }
  const refused = await app.call('POST', path, { settings }, key)
  assert.deepEqual([refused.status, refused.json.code], [409, 'conflict'])
  assert.match(refused.json.detail, /set by the environment/)
  const tried = await app.call('POST', path, undefined, key)
  assert.deepEqual([tried.status, tried.json.ok], [200, true], tried.text)
})

test('the operator’s address of the API holds for what members connect, unless they name another', async () => {
  const made = await app.call(
    'POST',
    '/connectors',
    { connector: 'close', settings: { api_key: 'api_test' } },
    key,
  )
  assert.equal(made.status, 201, made.text)
  assert.equal(made.json.settings.base_url, 'https://api.close.com/api/v1')
  const at = `/connectors/${made.json.id}`
  const checked = await app.call('POST', `${at}/check`, undefined, key)
  assert.equal(checked.json.ok, true, checked.text)
  assert.equal((await app.call('PUT', at, { name: 'Ours' }, key)).json.name, 'Ours')

  const private_ = { settings: { api_key: 'api_test', base_url: close.baseUrl } }
  assert.equal((await app.call('PUT', at, private_, key)).status, 422)
  const elsewhere = { settings: { api_key: 'api_test', base_url: 'https://close.invalid/api/v1' } }
  assert.equal((await app.call('PUT', at, elsewhere, key)).status, 200)
  assert.equal((await app.call('POST', `${at}/check`, undefined, key)).json.ok, false)
})

test('a run that begins while its connection is activated and the one who does so do not wait for each other', async () => {
  const { engine } = app.app.db
  const at = `/connectors/${connection.id}`
  assert.equal((await app.call('POST', `${at}/pause`, {}, key)).status, 200) // no other run begins
  const { promise: activated, resolve } = Promise.withResolvers<unknown>()
  await engine.begin(async (tx) => {
    const [held] = await tx`
      select workspace_id, connection_id, task, pg_backend_pid() as pid from connection_tasks
      where connection_id = ${connection.id} and task <> 'subscribe' order by task limit 1 for update
    `
    resolve(app.call('POST', `${at}/activate`, undefined, key))
    await until('the other to wait for the task', async () => {
      const [row] = await engine`
        select count(*)::int as n from pg_stat_activity where ${held?.['pid']} = any(pg_blocking_pids(pid))
      `
      return row?.['n'] === 1
    })
    await tx`
      insert into sync_runs (workspace_id, id, connection_id, task, status, started_at)
      values (${held?.['workspaceId']}, gen_random_uuid(), ${connection.id}, ${held?.['task']}, 'done', now())
    `
  })
  assert.equal(((await activated) as { status: number }).status, 200)
})

test('a trial shows contacts only to those who may read them', async () => {
  const reader = await app.keyFor('default', ['senders:write', 'contacts:read'])
  const stranger = await app.keyFor('default', ['senders:write'])
  const now = app.app.db.clock.now()
  await close.set({ now: +now })
  await mailbox(close, 'try').send(now)
  const shown = await app.call('POST', path, undefined, reader)
  const hidden = await app.call('POST', path, undefined, stranger)
  assert.equal(shown.json.sample[0]?.email, 'ada@gmail.com', shown.text)
  assert.deepEqual(hidden.json, { ...shown.json, sample: [] })
})

test('a workspace has one trial under way, whichever process it is in', async () => {
  const { db } = app.app
  const [workspace = { id: '' }] = await db.engine<{ id: string }[]>`select id from workspaces`
  const waiting = async () =>
    (
      await db.engine`
        select from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
        where l.locktype = 'advisory' and not l.granted
      `
    ).count
  const tried = await db.engine.begin(async (another) => {
    await lockTrial(another, workspace.id)
    const first = app.call('POST', path, undefined, key)
    await until('the trial to wait for that of another process', async () => (await waiting()) > 0)
    const second = await app.call('POST', path, undefined, key)
    assert.deepEqual([second.status, second.json.code], [409, 'conflict'])
    assert.match(second.json.detail, /^Somebody is asking already/)
    return { first }
  })
  assert.equal((await tried.first).status, 200)
  assert.equal((await app.call('POST', path, undefined, key)).status, 200)
})

test('an answer in another form is told, of a trial and of a check', async () => {
  for (const asked of [path, `/connectors/${connection.id}/check`]) {
    await close.set({ faults: [{ path: '/me/', status: 200, times: 1 }] })
    const { status, json } = await app.call('POST', asked, undefined, key)
    assert.deepEqual([status, json.ok], [200, false])
    assert.equal(json.detail, 'Its answer cannot be read: id: missing: give a text')
  }
})
