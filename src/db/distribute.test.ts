/** Without Citus here, its two functions are played by ones that check what they are told and note it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { connect } from './db.ts'
import { distribute, planDistribution } from './distribute.ts'

const database = await testDatabase()
const owner = connect(database.address, { max: 1 })
database.closeFirst(() => owner.end({ timeout: 1 }))

const foreignKeys = () => owner`
  select conname, conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition
  from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
  order by 2, 1
`

test('every table has its place, and what belongs to a workspace is distributed', async () => {
  const { placement } = await planDistribution(owner)
  const { reference, distributed, local } = placement
  const tables = await owner<{ name: string; owned: boolean }[]>`
    select c.relname as name, exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id'
    ) as owned
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by 1
  `
  assert.deepEqual(
    [...reference, ...distributed, ...local].sort(),
    tables.map((table) => table.name),
  )
  const owned = tables.filter((table) => table.owned).map((table) => table.name)
  assert.deepEqual(
    owned.filter((name) => !distributed.includes(name)),
    ['api_keys', 'memberships', 'one_time_tokens', 'sessions'],
  )
})

test('a table whose key lacks the workspace stops it', async () => {
  await owner`create table strays (id uuid primary key, workspace_id uuid)`
  await assert.rejects(planDistribution(owner), /no place for strays/)
  await owner`drop table strays`
})

test('the statements run, tell Citus of each table while it has no foreign key, and leave the schema as it was', async () => {
  await owner.unsafe(`
    create schema spy;
    create table spy.told (n bigint generated always as identity, name text, column_name text, beside text);
    create function create_reference_table(name text) returns void language plpgsql as $$
    begin
      if exists (select from pg_constraint where contype = 'f' and conrelid = name::regclass) then raise 'keys of %', name; end if;
      insert into spy.told (name) values (name);
    end $$;
    create function create_distributed_table(name text, column_name text, colocate_with text) returns void language plpgsql as $$
    begin
      if exists (select from pg_constraint where contype = 'f' and conrelid = name::regclass) then raise 'keys of %', name; end if;
      if colocate_with <> 'none' and not exists (select from spy.told t where t.name = colocate_with) then raise 'beside %', colocate_with; end if;
      insert into spy.told (name, column_name, beside) values (name, column_name, colocate_with);
    end $$;
  `)
  const before = await foreignKeys()
  const { statements, placement } = await planDistribution(owner)
  await owner.begin(async (tx) => {
    for (const statement of statements) await tx.unsafe(statement)
  })
  const told = await owner<{ name: string; columnName: string | null; beside: string | null }[]>`
    select name, column_name, beside from spy.told order by n
  `
  assert.deepEqual(
    told.filter((row) => row.columnName === null).map((row) => row.name),
    placement.reference,
  )
  assert.deepEqual(
    told.filter((row) => row.beside === 'none').map((row) => row.name),
    ['contacts'],
  )
  assert.equal(
    told.filter((row) => row.columnName === 'workspace_id').length,
    placement.distributed.length,
  )
  assert.deepEqual(await foreignKeys(), before)
})

test('where Citus is not installed, nothing is done', async () => {
  assert.equal(await distribute(owner), undefined)
})
