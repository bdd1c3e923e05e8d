import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databaseWithoutRoles, testDatabase } from '../../test/helpers/database.ts'
import { uuid7 } from '../lib/uuid7.ts'
import { inWorkspace } from './db.ts'

const { db, clock } = await testDatabase()

async function addWorkspace(slug: string): Promise<string> {
  const id = uuid7()
  await db.engine`
    insert into workspaces (id, slug, name, pepper, created_at) values (${id}, ${slug}, ${slug}, ${Buffer.from('p')}, ${clock.now()})
  `
  return id
}

test('a transaction of one workspace neither sees nor touches the rows of another', async () => {
  const [mine, theirs] = [await addWorkspace('mine'), await addWorkspace('theirs')]
  const add = (as: string, owner: string) =>
    inWorkspace(
      db,
      as,
      (tx) => tx`
      insert into topics (workspace_id, key, name, kind, created_at) values (${owner}, ${'news'}, 'News', 'marketing', ${clock.now()})
    `,
    )
  await add(mine, mine)
  await add(theirs, theirs)
  await assert.rejects(add(mine, theirs), /row-level security/)
  const seen = await inWorkspace(db, mine, (tx) => tx`select workspace_id from topics`)
  assert.deepEqual(
    seen.map((row) => row['workspaceId']),
    [mine],
  )
  const changed = await inWorkspace(db, mine, (tx) => tx`update topics set name = 'x'`)
  assert.equal(changed.count, 1)
})

test('outside a named workspace the application sees nothing', async () => {
  assert.equal((await db.app`select from topics`).count, 0)
})

test('every table that belongs to a workspace is behind row level security', async () => {
  const bare = await db.engine`
    select c.relname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition
      and not (c.relrowsecurity and c.relforcerowsecurity)
    order by 1
  `
  // Read before the workspace is known, so Citus reference tables: see migrations/0001.
  assert.deepEqual(
    bare.map((row) => row['relname']),
    ['api_keys', 'memberships', 'one_time_tokens', 'sessions'],
  )
})

test('append-only tables can be neither changed nor emptied', async () => {
  await assert.rejects(db.engine`delete from events`, /permission denied/)
  await assert.rejects(db.app`update audit_entries set action = ''`, /permission denied/)
})

test('where roles cannot be made, the owner itself is bound and sees one workspace', async () => {
  const { poor, close } = await databaseWithoutRoles()
  const add = async (slug: string) => {
    const id = uuid7()
    await poor.engine`
      insert into workspaces (id, slug, name, pepper, created_at) values (${id}, ${slug}, ${slug}, ${Buffer.from('p')}, ${clock.now()})
    `
    await poor.engine`
      insert into topics (workspace_id, key, name, kind, created_at) values (${id}, 'news', 'News', 'marketing', ${clock.now()})
    `
    return id
  }
  const [mine] = [await add('mine'), await add('theirs')]
  const seen = await inWorkspace(poor, mine, (tx) => tx`select workspace_id from topics`)
  assert.deepEqual(
    seen.map((row) => row['workspaceId']),
    [mine],
  )
  assert.equal((await poor.app`select from topics`).count, 0)
  assert.equal((await poor.engine`select from topics`).count, 2)
  await close()
})
