/** What the two roles of the server may not do, should somebody get their own SQL into one of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'

const { db } = await testDatabase()

const refused: Readonly<Record<string, string>> = {
  'make a table': 'create table mine (n int)',
  'make a table in a schema of its own': 'create schema mine',
  'change a table': 'alter table messages add column mine int',
  'drop a table': 'drop table audit_entries',
  'switch row level security off': 'alter table contacts disable row level security',
  'change a policy': 'create policy mine on contacts using (true)',
  'read a file': "select pg_read_file('/etc/passwd')",
  'read the configuration': "select pg_read_file('postgresql.conf')",
  'list a folder': "select pg_ls_dir('/')",
  'run a program': "copy (select 1) to program 'true'",
  'write a file': "copy (select 1) to '/tmp/mine'",
  'load a large object from a file': "select lo_import('/etc/passwd')",
  'read passwords': 'select rolpassword from pg_authid',
  'go around row level security': 'alter role current_user bypassrls',
  'become superuser': 'alter role current_user superuser',
  'make a role': 'create role mine superuser',
  'load an extension': 'create extension dblink',
  'make a function': "create function mine() returns int language sql as 'select 1'",
  'disable triggers and foreign keys': "set session_replication_role = 'replica'",
  'read migrations and change them': "insert into migrations (name) values ('mine')",
  'empty a table': 'truncate messages',
}

for (const role of ['app', 'engine'] as const) {
  test(`the role ${role} can do its work and nothing to the ground it stands on`, async (t) => {
    for (const [what, statement] of Object.entries(refused))
      await t.test(what, async () => {
        const sql = db[role]
        // In a transaction that is taken back, so that what does go through harms no other test.
        const done = sql.begin(async (tx) => {
          await tx.unsafe(statement)
          throw new Error('it went through')
        })
        await assert.rejects(done, (error) => {
          assert.match(String(Object(error).code), /^42501$/, String(error))
          return true
        })
      })
  })
}
