/** The audit chain: complete, in order, and not to be changed unseen. */
import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import pino from 'pino'
import { accessServer, bearer, INSTANCE_KEY } from '../../../test/helpers/accessServer.ts'
import { testDatabase } from '../../../test/helpers/database.ts'
import { connect, inWorkspace } from '../../db/db.ts'
import { anchorAudits } from './anchor.ts'
import { audit, system } from './audit.ts'
import { verifyAudit } from './verifyAudit.ts'

const database = await testDatabase()
const { clock, db } = database
const { addMember, addWorkspace, send, signIn } = await accessServer(database)

async function chain(slug: string, length: number) {
  const workspace = await addWorkspace(slug)
  for (let i = 1; i < length; i++) {
    await inWorkspace(db, workspace.id, (tx) =>
      audit(tx, workspace.id, {
        actor: system,
        at: clock.now(),
        action: `step.${i}`,
        details: { b: [1, { z: null, a: 'é' }], a: i, gone: undefined },
      }),
    )
  }
  return workspace
}

const verify = (id: string) => inWorkspace(db, id, (tx) => verifyAudit(tx, id))

/** What only an owner of the tables can do. */
async function tamper(statement: string) {
  const owner = connect(database.address, { max: 1 })
  await owner.unsafe(statement)
  await owner.end()
}

test('entries written at once make one unbroken chain', async () => {
  const { id } = await chain('busy', 1)
  const write = (i: number) =>
    inWorkspace(db, id, (tx) =>
      audit(tx, id, { actor: system, at: clock.now(), action: 'tried', target: String(i) }),
    )
  await Promise.all(Array.from({ length: 30 }, (_, i) => write(i)))
  const verdict = await verify(id)
  assert.deepEqual([verdict.ok, verdict.ok && verdict.entries], [true, 31])
})

test('an entry whose transaction fails leaves no gap', async () => {
  const { id } = await chain('failing', 3)
  const failing = inWorkspace(db, id, async (tx) => {
    await audit(tx, id, { actor: system, at: clock.now(), action: 'undone' })
    throw new Error('no')
  })
  await assert.rejects(failing, /no/)
  assert.equal((await verify(id)).ok, true)
})

const frauds: [name: string, sql: (id: string) => string, seq: number][] = [
  [
    'changed',
    (id) => `update audit_entries set action = 'x' where workspace_id = '${id}' and seq = 3`,
    3,
  ],
  [
    'changed inside',
    (id) => `update audit_entries set details = '{}' where workspace_id = '${id}' and seq = 4`,
    4,
  ],
  [
    'moved in time',
    (id) =>
      `update audit_entries set at = at + interval '1 ms' where workspace_id = '${id}' and seq = 2`,
    2,
  ],
  ['taken out', (id) => `delete from audit_entries where workspace_id = '${id}' and seq = 3`, 3],
  [
    'cut off the end',
    (id) => `delete from audit_entries where workspace_id = '${id}' and seq = 5`,
    5,
  ],
]
for (const [index, [name, sql, seq]] of frauds.entries()) {
  test(`an entry that was ${name} shows`, async () => {
    const { id } = await chain(`fraud-${index}`, 5)
    await tamper(sql(id))
    const verdict = await verify(id)
    assert.deepEqual([verdict.ok, !verdict.ok && verdict.seq], [false, seq])
    const answer = await send('GET', '/audit/verification', null, {
      ...bearer(INSTANCE_KEY),
      'x-workspace': id,
    })
    assert.deepEqual([answer.json().ok, answer.json().seq], [false, seq])
  })
}

test('a chain that was cut together with its head is sound in itself, and not by an anchor', async () => {
  const { id } = await chain('cut-with-head', 5)
  const lines: { workspace_id: string; anchor: string }[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  await anchorAudits(db, pino(sink))
  const anchor = lines.find((line) => line.workspace_id === id)?.anchor
  const head = await tamper(
    `with gone as (delete from audit_entries where workspace_id = '${id}' and seq = 5)
     update audit_heads set seq = 4, hash = (select hash from audit_entries where workspace_id = '${id}' and seq = 4)
     where workspace_id = '${id}'`,
  ).then(() => verify(id))
  assert.equal(head.ok, true)
  const answer = await send('GET', `/audit/verification?anchor=${anchor}`, null, {
    ...bearer(INSTANCE_KEY),
    'x-workspace': id,
  })
  assert.deepEqual([answer.json().ok, answer.json().seq], [false, 5])
})

test('neither role of the server can change or remove an entry', async () => {
  const { id } = await chain('kept', 2)
  for (const pool of [db.app, db.engine]) {
    await assert.rejects(pool`update audit_entries set action = 'x' where workspace_id = ${id}`, {
      code: '42501',
    })
    await assert.rejects(pool`delete from audit_entries where workspace_id = ${id}`, {
      code: '42501',
    })
  }
})

test('what people do is noted with who, from where and in which request, and without secrets', async () => {
  const member = await addMember('owner')
  const { headers } = await signIn(member)
  const made = await send('POST', '/api-keys', { name: 'n8n', scopes: ['messages:write'] }, headers)
  const { data } = (await send('GET', '/audit?limit=2', null, headers)).json()
  assert.deepEqual(
    data.map(({ action }: { action: string }) => action),
    ['api_key.created', 'member.logged_in'],
  )
  const { actor_kind, actor_id, target, ip, request_id } = data[0]
  assert.deepEqual(
    [actor_kind, actor_id, target, ip, request_id],
    ['session', member.id, made.json().id, '127.0.0.1', made.headers['x-request-id']],
  )
  assert.ok(!JSON.stringify(data).includes(made.json().key.slice(20)))
  assert.ok(!JSON.stringify(data).includes(member.email))
})

test('the log is read page by page and only by its workspace', async () => {
  const { id } = await chain('paged', 5)
  const as = { ...bearer(INSTANCE_KEY), 'x-workspace': id }
  const first = (await send('GET', '/audit?limit=3', null, as)).json()
  const second = (await send('GET', `/audit?limit=3&cursor=${first.next_cursor}`, null, as)).json()
  assert.deepEqual(
    [...first.data, ...second.data].map(({ seq }) => seq),
    [5, 4, 3, 2, 1],
  )
  assert.equal(second.next_cursor, null)
  assert.equal((await send('GET', '/audit?cursor=bm90IG91cnM', null, as)).statusCode, 422)
})

test('entries are found by who, what, on what, in which request and when, also a rare one among many', async () => {
  const { id } = await chain('searched', 4)
  const as = { ...bearer(INSTANCE_KEY), 'x-workspace': id }
  const seqs = async (query: string) =>
    (await send('GET', `/audit?${query}`, null, as))
      .json()
      .data.map(({ seq }: { seq: number }) => seq)
  const changed = await send(
    'PUT',
    `/workspaces/${id}`,
    { name: 'Renamed', time_zone: 'Europe/Oslo' },
    as,
  )
  const [entry] = (await send('GET', '/audit?action=workspace.changed', null, as)).json().data
  assert.deepEqual(entry.details.changes, {
    name: { before: 'searched', after: 'Renamed' },
    time_zone: { before: 'UTC', after: 'Europe/Oslo' },
  })
  assert.deepEqual(await seqs(`request_id=${changed.headers['x-request-id']}`), [5])
  assert.deepEqual(await seqs('action=step.*'), [4, 3, 2])
  assert.deepEqual(await seqs('action=step.*&limit=1'), [4])
  assert.deepEqual(await seqs('seq=3'), [3])
  assert.deepEqual(await seqs('actor=instance&action=workspace.*'), [5])
  assert.deepEqual(await seqs(`target=${id}&action=workspace.changed`), [5])
  assert.deepEqual(await seqs(`from=${entry.at}&actor=key`), [])
  assert.equal((await send('GET', '/audit?action=100%25', null, as)).statusCode, 422)
  await tamper(
    `insert into audit_entries (workspace_id, seq, at, actor_kind, action, hash)
     select '${id}', n, now(), 'system', 'filler', '' from generate_series(6, 25000) n;
     update audit_heads set seq = 25000 where workspace_id = '${id}'`,
  )
  const first = (await send('GET', '/audit?action=workspace.*', null, as)).json()
  assert.deepEqual([first.data, first.has_more], [[], true])
  assert.deepEqual(await seqs(`action=workspace.changed&cursor=${first.next_cursor}`), [5])
})
