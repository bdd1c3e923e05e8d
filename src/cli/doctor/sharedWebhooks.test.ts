import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { testDatabase } from '../../../test/helpers/database.ts'
import { testEngine } from '../../../test/helpers/engine.ts'
import { listSenders } from '../../channels/store.ts'
import { shake, sharedProviders, takeShared } from '../../tracking/callbacks/sharedCallback.ts'
import { createCounters } from '../../tracking/counters.ts'
import { checkSharedWebhook } from './sharedWebhooks.ts'

const database = await testDatabase()
const { db, clock } = database
const engine = await testEngine(database, { start: false })
const { workspaceId } = engine
const { senders } = engine.directories
const meta = sharedProviders.find(({ path }) => path === 'meta')!
const deps = { db, senders, counters: createCounters(), defaultWorkspaceId: workspaceId }
const url = 'https://beckon.test/webhook/meta'

async function findings(): Promise<string[]> {
  const rows = await listSenders(db.engine, workspaceId)
  const row = rows.find(({ provider }) => provider === 'whatsapp')!
  const found = await checkSharedWebhook({ db, senders, publicUrl: 'https://beckon.test' }, row, '')
  return found.map(({ status, detail, mend }) => `${status} ${detail} ${mend ?? ''}`.trim())
}

test('the doctor tells whether webhooks come, are signed, and of handshakes that failed', async () => {
  const id = await engine.addSender({
    channel: 'whatsapp',
    provider: 'whatsapp',
    settings: { token: 'x', phone_number_id: '1', verify_token: 'a word' },
  })
  const before = await findings()
  assert.match(before[0] ?? '', /^warn .*without a signature.*META_APP_SECRET/)
  assert.match(before[1] ?? '', /^warn No webhook has come yet.*\/webhook\/meta/)

  const handshake = `${url}?hub.mode=subscribe&hub.verify_token=another&hub.challenge=1`
  const asked = { method: 'GET', url: handshake, headers: {}, rawBody: '' }
  await assert.rejects(shake(meta, asked, deps), /verify token/)
  assert.ok((await findings()).some((line) => /another verify token.*ADMIN_SECRET/.test(line)))

  clock.forward({ minutes: 1 })
  const body = Buffer.from('{"object":"whatsapp_business_account","entry":[]}')
  const request = { method: 'POST', url, headers: {}, rawBody: body.toString() }
  await takeShared(meta, { request, body }, deps)
  const after = await findings()
  assert.match(after.at(-1) ?? '', /^pass The last webhook came/)
  assert.ok(!after.some((line) => line.includes('another verify token')))
  const [unsigned] = await db.engine`
    select signed from callbacks where workspace_id = ${workspaceId} and method = 'POST'
  `
  assert.equal(unsigned?.['signed'], false)

  const settings = { token: 'x', phone_number_id: '1', app_secret: 'app_secret_example' }
  await db.engine`update senders set status = 'disabled' where id = ${id}`
  await engine.addSender({ channel: 'whatsapp', provider: 'whatsapp', settings })
  const hash = createHmac('sha256', 'app_secret_example').update(body).digest('hex')
  assert.equal(hash, '6eb10e0bc4192e9206e3de93178e66ea9eb262e9ea07bb66abdc83dcf8d3abf3')
  const headers = { 'x-hub-signature-256': `sha256=${hash}` }
  await takeShared(meta, { request: { ...request, headers }, body }, deps)
  const [signed] = await db.engine`
    select signed from callbacks where workspace_id = ${workspaceId} and method = 'POST' order by id desc
  `
  assert.equal(signed?.['signed'], true)
  await assert.rejects(takeShared(meta, { request, body }, deps), /signature/)
})
