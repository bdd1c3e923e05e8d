/** Whoever has the .env of one of the five documents starts Beckon with it as it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApp } from '../helpers/app.ts'
import { testDatabase } from '../helpers/database.ts'
import { documents } from '../helpers/documents.ts'

const found = documents()

test(
  'the documents are beside the project',
  {
    skip: found.length > 0 ? false : 'they are not; src/config.test.ts reads their like',
  },
  () => assert.equal(found.length, 5),
)

for (const { name, env } of found) {
  test(`the .env of document ${name} starts Beckon`, async () => {
    // Where it listens, and where its data is, is the test's; 003's database is nowhere.
    const { DATABASE_URL: _, PORT, HOST, NOTIFICATIONS_PORT, NOTIFICATIONS_HOST, ...rest } = env
    const app = await startTestApp(await testDatabase(), rest)
    const answer = await app.call('GET', '/health')
    assert.deepEqual([answer.status, answer.json.status], [200, 'healthy'])
    const sent = { recipient_id: 'user_123', channel: 'email', subject: 'Hi', message: 'Hello' }
    const key = await app.keyFor('default')
    assert.equal((await app.call('POST', '/notifications', sent, key)).status, 202)
  })
}
