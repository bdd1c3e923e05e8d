/** Backups and what comes back from them, by the command line, each test on a data folder of its own. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandLine } from '../../test/helpers/commandLine.ts'

const inAYear = new Date(Date.now() + 365 * 86_400_000).toISOString()
const tables = [
  ...['workspaces', 'contacts', 'messages', 'api_keys', 'members', 'audit_entries', 'senders'],
] as const

type CommandLine = ReturnType<typeof commandLine>

/** Rows of each table. */
async function counts({ beckon }: CommandLine) {
  const parts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`)
  return (await beckon('sql', '--all-workspaces', `select ${parts.join(', ')}`)).json[0]
}

const text = (to: string, message: string, ...more: string[]) =>
  ['send', '--channel', 'sms', '--to', `+9725012345${to}`, '--message', message, ...more] as const

test('a backup of a running server is whole, and closed to others', async () => {
  const line = commandLine()
  const { home, dataDir, beckon, refused } = line
  await line.startServer()
  await beckon('workspace', 'create', 'acme')
  for (const id of ['c1', 'c2']) await beckon('contact', 'save', `{"external_id":"${id}"}`)
  const folder = join(home, 'running')
  const sending = Promise.all(['61', '62', '63'].map((to) => beckon(...text(to, 'Hi'))))
  await beckon('backup', folder)
  await sending
  assert.match(await refused('invalid_input', 'backup', folder), /not empty/)
  assert.match(await refused('failed', 'restore', folder, '--yes'), /another running Beckon/)
  assert.match(await refused('conflict', 'hold-restored', '--yes'), /Stop it first/)
  assert.equal(statSync(folder).mode & 0o077, 0)
  assert.equal(statSync(join(folder, 'secrets/encryption_key')).mode & 0o077, 0)
  await line.stopServer()

  await beckon('contact', 'save', '{"external_id":"c3"}') // after the backup
  await beckon('restore', folder, '--yes')
  assert.equal((await counts(line)).workspaces, 2)
  const ids = 'select external_id from contact_identities where external_id is not null order by 1'
  const saved = (await beckon('sql', ids)).json.map(
    (each: { external_id: string }) => each.external_id,
  )
  assert.deepEqual(
    saved.filter((id: string) => /^c\d$/.test(id)),
    ['c1', 'c2'],
  )
  // What was accepted meanwhile is in it with all that belongs to it, or not at all.
  const halves =
    'select id from messages m where not exists (select from events e where e.message_id = m.id)'
  assert.deepEqual((await beckon('sql', halves)).json, [])
  assert.ok(readdirSync(dataDir).some((name) => name.startsWith('before-restore-')))
})

test('after a restore the counts are what they were, and nothing goes out a second time by itself', async () => {
  const line = commandLine()
  const { home, dataDir, beckon, refused } = line
  const sent = await beckon(...text('60', 'Once'))
  const later = await beckon(...text('61', 'x', '--at', inAYear))
  const before = await counts(line)
  const folder = join(home, 'stopped')
  await beckon('backup', folder)
  await beckon('work', '--once')
  await beckon(...text('62', 'After'))
  const key = readFileSync(join(dataDir, 'secrets/encryption_key'), 'utf8')

  assert.match(await refused('conflict', 'restore', folder), /--yes/)
  const { held, unknown } = (await beckon('restore', folder, '--yes')).json
  assert.deepEqual([held, unknown], [1, 0])
  assert.deepEqual(await counts(line), before)
  assert.equal(readFileSync(join(dataDir, 'secrets/encryption_key'), 'utf8'), key)
  await beckon('work', '--once')
  const shown = (await beckon('messages', 'show', sent.json.id)).json
  assert.equal(shown.status, 'held')
  assert.match(shown.detail, /redrive --status restored/)
  assert.equal((await beckon('messages', 'show', later.json.id)).json.status, 'scheduled')

  await refused('conflict', 'redrive', '--status', 'restored')
  const { requeued } = (await beckon('redrive', '--status', 'restored', '--yes')).json
  assert.equal(requeued, 1)
  await beckon('work', '--once')
  assert.equal((await beckon('messages', 'show', sent.json.id)).json.status, 'delivered')
})

test('a folder that is no finished backup is not restored', async () => {
  const { home, refused } = commandLine()
  const folder = join(home, 'half')
  mkdirSync(folder)
  for (const manifest of [undefined, '', '{', '{"version": 1']) {
    if (manifest !== undefined) writeFileSync(join(folder, 'beckon-backup.json'), manifest)
    assert.match(await refused('invalid_input', 'restore', folder, '--yes'), /no finished backup/)
  }
})

test('with a database of its own, backup names the tools of PostgreSQL', async () => {
  const { home, run } = commandLine()
  const env = { DATABASE_URL: 'postgres://ada@db.example.com/beckon' }
  const backup = await run(['backup', join(home, 'x')], { env })
  assert.equal(backup.code, 1)
  assert.match(backup.err, /pg_dump/)
  const restore = await run(['restore', join(home, 'x'), '--yes'], { env })
  assert.equal(restore.code, 1)
  assert.match(restore.err, /pg_restore.+hold-restored/)
})
