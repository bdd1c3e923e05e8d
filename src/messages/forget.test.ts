/** What a person did with messages goes with the person. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/helpers/database.ts'
import { trackingWorld } from '../../test/helpers/trackingWorld.ts'
import { eraseMessages } from './forget.ts'

const database = await testDatabase()
const { db, clock } = database

async function fill(message: string, workspace: string) {
  const at = clock.now()
  await db.engine`insert into message_contents (workspace_id, message_id, content, created_at) values (${workspace}, ${message}, '{}', ${at})`
  await db.engine`insert into message_edits (workspace_id, message_id, due_at, created_at) values (${workspace}, ${message}, ${at}, ${at})`
  await db.engine`insert into message_engagement (workspace_id, message_id, opens) values (${workspace}, ${message}, 1)`
  await db.engine`
    insert into engagements (workspace_id, message_id, event_id, kind, at, link_index, ip, user_agent, method, source, class, reason, classifier_version)
    values (${workspace}, ${message}, gen_random_uuid(), 'open', ${at}, 0, '203.0.113.7', 'Mozilla', 'GET', 'web', 'human', 'default', 1)
  `
  await db.engine`update messages set routing = '["sms"]', to_name = 'Ada' where id = ${message}`
}

const tables = [
  'message_contents',
  'message_links',
  'message_edits',
  'message_engagement',
  'engagements',
]
const left = async (message: string) => {
  const found: string[] = []
  for (const table of tables) {
    const rows = await db.engine`select from ${db.engine(table)} where message_id = ${message}`
    if (rows.length > 0) found.push(table)
  }
  return found
}

test('erasing a person deletes content, links and engagement of their messages and of nobody else’s', async () => {
  const world = await trackingWorld(database)
  const theirs = await world.addMessage({ links: ['https://shop.example/'] })
  const other = await world.addMessage({ contactId: null, links: ['https://shop.example/'] })
  await fill(theirs, world.workspaceId)
  await fill(other, world.workspaceId)
  const subject = {
    contactIds: [world.contactId],
    addresses: [{ address: 'ada@analytical.example' }],
  }
  await db.engine.begin((tx) => eraseMessages(tx, world.workspaceId, subject, clock.now()))
  assert.deepEqual(await left(theirs), [])
  assert.deepEqual(await left(other), tables)
  const [row] = await db.engine`
    select address, to_name, recipient_id, contact_id, variables, metadata, routing from messages where id = ${theirs}
  `
  assert.deepEqual([...new Set(Object.values(row ?? {}))], [null])
})
